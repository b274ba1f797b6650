"""Reports 报表: the desk, the preview of a parameter, the interest year; expected figures stand beside each test."""
