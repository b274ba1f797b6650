"""What platforms 政务服务平台 call for members 提取接口. Signing and repetition are the door's."""
