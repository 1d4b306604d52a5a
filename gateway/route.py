"""A row of the routing table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Route:
    """``Route("POST", "/v1/proposals/{proposal_id}/submission", "projects.submit_proposal")``.

    Path and query parameters and the JSON body together are the operation's input. ``status`` is that of success.
    Where the view has a ``version``, the gateway answers an ETag, and ``If-Match`` arrives at the operation as
    ``expected_version`` when its input has that field. ``download``: the reply ``{file_name, media_type, content}``,
    its content in base64, is handed out as that file. ``folder``: of the district's files; a body is kept there as it
    streams in and the operation gets ``{sha256, size, media_type}`` as ``file``; of a GET the reply names a file there,
    which is handed out.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    operation: str
    status: int = 200
    download: bool = False
    folder: str = ""

    @property
    def service(self) -> str:
        return self.operation.partition(".")[0]

    @property
    def name(self) -> str:
        return self.operation.partition(".")[2]
