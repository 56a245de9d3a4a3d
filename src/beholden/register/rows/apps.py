# SPDX-License-Identifier: Apache-2.0
"""Tells Django where this room keeps its models."""

from django.apps import AppConfig


class RowsConfig(AppConfig):
    name = "beholden.register.rows"
    label = "rows"
    default_auto_field = "django.db.models.BigAutoField"
