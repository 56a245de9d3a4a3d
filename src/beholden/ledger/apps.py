# SPDX-License-Identifier: Apache-2.0
"""Tells Django where this room keeps its models."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "beholden.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
