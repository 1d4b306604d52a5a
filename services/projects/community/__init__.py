"""Community projects (社区项目): put online without an award, run in sessions that hold several service orders."""
