"""Policy 政策参数: the dated terms and their page."""
