# SPDX-License-Identifier: Apache-2.0
"""Words for streets, schools and houses of a town that does not exist. Invented for this town; no list was
copied.

Nothing here is a place: the postcode area ZZ is not in use, the property numbers begin with 999, the
telephone number is 0000 and every electronic address ends in `example.invalid` (RFC 2606, section 2).
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TOWN = "Ostrey"

STREET_STEMS = _words(
    """
    Alderbeck Ashfold Barleycorn Beacon Bellfounder Birchwater Blackthorn Bramble Bridge Brook Candlemaker
    Canal Carder Castlemound Chandler Chapel Cherrytree Clover Coldharbour Cooper Copperbeech Cowslip Cross
    Curlew Damson Dovecote Drover Elderflower Fallow Farrier Ferry Fiddler Fletcher Foundry Foxglove
    Gasworks Glazier Goldfinch Gooseberry Granary Greenway Hawthorn Hazel Heron Hollyhock Hopfield
    Ironmonger Jackdaw Junction Kestrel Kiln Lamplighter Lapwing Larch Lavender Limekiln Linden Lockkeeper
    Long Lower Magpie Malting Market Meadowsweet Mercer Millrace Moorhen Nettle Nightingale Oakapple Orchard
    Osier Paddock Pear Pepper Pilgrim Plover Quarry Quince Rope Rowan Saddler Salt Sandpiper Sexton Shepherd
    Skylark Sorrel Spindle Station Swallow Tanner Teasel Thatcher Thimble Tollgate Upper Viaduct Walnut
    Weaver Wharf Wheelwright Willowherb Windmill Woolpack Yarrow Yew
    """
)
STREET_KINDS = _words("Street Road Lane Close Avenue Row Terrace Way Gardens Court Hill")
FLATS = ("Flat", "Apartment", "Room", "Unit")

SCHOOL_STEMS = _words(
    """
    Alderbeck Brackenhythe Coldwater Dovermere Eastfold Fernhollow Gorsebank Harrowmere Inkpenny
    Jennetsbrook Kilnwick Lanternhill Marlpit Netherquay Ostrey Pennyfold Quillbrook Rushwater Saltersgate
    Thornhythe Umberleigh Valeside Wetherlow Yarrowby Ashquay Barleymow Cressbrook Driftway Elmstead-on-Ost
    Foldgate
    """
)
SCHOOL_QUARTERS = _words(
    """
    North South East West Upper Lower Old New Great Little Bridge Mill Park Church Quay Heath Moor Green
    Cross Field Wood Lake Cliff Hill Dale Ford Gate Well Stone Marsh Glebe Common Wharf Grange Manor Priory
    Orchard Warren Fell Spring
    """
)
