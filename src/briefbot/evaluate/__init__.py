"""Measure BriefBot: on cases, sets from outside, hidden orders and statements judged by hand."""
