# SPDX-License-Identifier: Apache-2.0
"""Addresses of the officers' entrance."""

from django.urls import path

from beholden.web.office import entrance

urlpatterns = [
    path("", entrance.home, name="office"),
    path("/sign-in", entrance.enter, name="office-sign-in"),
    path("/leave", entrance.leave, name="office-leave"),
    path("/left", entrance.left, name="office-left"),
    path("/stay", entrance.stay, name="office-stay"),
]
