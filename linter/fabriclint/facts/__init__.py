"""Dated, sourced facts about AWS: instance types (`instances`) and the ceilings of links (`links`)."""
