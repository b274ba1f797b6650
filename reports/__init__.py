"""Reports 报表、总览: reads that join rooms. It writes nothing."""
