"""The rival of ``./run bench http``: the registry's organisations as one Falcon process on async SQLAlchemy.

It does the work of gateway and service together (same token, roles, input schema, scope, checks, ETag, access
line, metrics, problem+json) and writes the same rows (organisation, history, command log, subject version, outbox,
NOTIFY) in one transaction. What it does not do is cross a bus.
"""
