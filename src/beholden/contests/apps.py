# SPDX-License-Identifier: Apache-2.0
"""Tells Django where this room keeps its models."""

from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "beholden.contests"
    label = "contests"
    default_auto_field = "django.db.models.BigAutoField"
