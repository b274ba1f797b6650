"""What every interface for machines speaks alike 接口通用: strict fields, signed requests, and how an error looks."""
