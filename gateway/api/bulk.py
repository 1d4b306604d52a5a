"""Routes of bulk import and export; both are jobs, followed at /v1/jobs/{job_id}, with a file as result."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/organisation-imports", "registry.import_organisations", status=202),
    Route("POST", "/v1/organisation-exports", "registry.export_organisations", status=202),
    Route("GET", "/v1/organisation-import-template", "registry.get_import_template", download=True),
)
