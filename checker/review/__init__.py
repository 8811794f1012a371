"""The review page and the HTTP API: people check two articles, judge the verdicts, and label pairs of claims."""
