"""Icons, help, report template and pinned requirements."""
