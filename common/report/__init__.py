"""The page that people read: figures, claims and runs of one tier, in one file that opens offline."""

from common.report.page import write_report

__all__ = ["write_report"]
