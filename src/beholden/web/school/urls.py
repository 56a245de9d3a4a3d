# SPDX-License-Identifier: Apache-2.0
"""Addresses of the school's door (notes/ux.md 2.7). None holds a school, a receipt or a key: a file has a place."""

from django.urls import path

from beholden.web.school import door, objecting, post, returns, uses

urlpatterns = [
    path("", door.today, name="school"),
    path("/sign-in", door.enter, name="school-sign-in"),
    path("/leave", door.leave, name="school-leave"),
    path("/left", door.left, name="school-left"),
    path("/stay", door.stay, name="school-stay"),
    path("/returns", returns.history, name="school-returns"),
    path("/returns/new", returns.send, name="school-send"),
    path("/returns/<int:place>", returns.one, name="school-return"),
    path("/returns/<int:place>/findings.csv", returns.findings_csv, name="school-findings-csv"),
    path("/uses", uses.uses, name="school-uses"),
    path("/uses/<str:ref>/objection", objecting.objection, name="school-objection"),
    path("/post", post.post, name="school-post"),
    path("/post/<str:ref>.csv", post.pack, name="school-post-list"),
]
