"""Route of the projects dashboard."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (Route("GET", "/v1/dashboards/projects", "projects.get_projects_dashboard"),)
