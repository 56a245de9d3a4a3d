# SPDX-License-Identifier: Apache-2.0
"""Addresses of the registrar's door."""

from django.urls import path

from beholden.web.registrar import desk, matches, records

urlpatterns = [
    path("", desk.today, name="registrar"),
    path("/records", records.pairs, name="registrar-pairs"),
    path("/records/<int:number>", records.pair, name="registrar-pair"),
    path("/records/alike/<int:number>", records.alike, name="registrar-alike"),
    path("/records/alike/<int:number>.svg", records.picture, name="registrar-alike-picture"),
    path("/matches", matches.matches, name="registrar-matches"),
    path("/matches/<int:number>", matches.match, name="registrar-match"),
    path("/uses/<str:ref>", desk.one, name="registrar-use"),
    path("/uses/<str:ref>/<slug:step>", desk.step, name="registrar-step"),
]
