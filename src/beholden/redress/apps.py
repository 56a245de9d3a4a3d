# SPDX-License-Identifier: Apache-2.0
"""Tells Django where this room keeps its models."""

from django.apps import AppConfig


class RedressConfig(AppConfig):
    name = "beholden.redress"
    label = "redress"
    default_auto_field = "django.db.models.BigAutoField"
