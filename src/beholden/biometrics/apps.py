# SPDX-License-Identifier: Apache-2.0
"""Tells Django where this room keeps its models."""

from django.apps import AppConfig


class BiometricsConfig(AppConfig):
    name = "beholden.biometrics"
    label = "biometrics"
    default_auto_field = "django.db.models.BigAutoField"
