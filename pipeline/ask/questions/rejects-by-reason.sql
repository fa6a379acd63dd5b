-- Why records did not become articles, with an example of each reason.
--
-- $ onrecord query rejects-by-reason
SELECT step, reason, count(*) AS records, sum(n_bytes)::BIGINT AS bytes,
    min(concat_ws(' ', uri, nullif(record, ''))) AS example, arg_min(detail, (uri, record)) AS detail
FROM rejects
GROUP BY step, reason
ORDER BY records DESC, step, reason
