"""Measure BriefBot on cases: cases.py, metrics.py (pure), runner.py, gate.py."""
