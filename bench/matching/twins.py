# SPDX-License-Identifier: Apache-2.0
"""Names one letter apart that twins may bear, of many origins: the hardest case, where a name looks like a slip.

Written from common knowledge, before it was counted how many of them are accepted. One rule was made after a first
count on towns of other seeds: 28 of 100 were accepted, nearly all with one letter for another, and that is a slip no
longer. So the list is no fresh draw for that rule. Which of a pair the register holds, and which nobody, is drawn.
"""

_PAIRS = """
F:Lena/F:Lina F:Nina/F:Mina F:Tara/F:Sara F:Lara/F:Zara F:Hana/F:Dana F:Amina/F:Amira F:Samina/F:Samira F:Kayla/F:Layla
F:Maya/F:Kaya F:Mila/F:Lila F:Elin/F:Erin F:Marina/F:Marisa F:Carina/F:Carisa F:Alina/F:Alisa F:Milena/F:Malena
F:Ilona/F:Iliona F:Daria/F:Maria F:Celia/F:Delia F:Amelia/F:Emelia F:Janet/F:Janey F:Farah/F:Sarah F:Rana/F:Rina
F:Noura/F:Nora F:Hala/F:Hila F:Salma/F:Selma F:Asma/F:Esma F:Meena/F:Reena F:Seema/F:Reema F:Anita/F:Amita
F:Sunita/F:Sumita F:Kavita/F:Savita F:Lalita/F:Lolita F:Chidera/F:Chidora F:Ngozi/F:Nkozi
F:Linh/F:Minh F:Thuy/F:Thu F:Meilin/F:Meilan F:Xiaomei/F:Xiaowei
M:Jayden/M:Kayden M:Jaden/M:Kaden M:Hayden/M:Zayden M:Taylan/M:Aylan M:Alan/M:Alun M:Aron/M:Arin M:Rayan/M:Zayan
M:Adil/M:Adel M:Fahad/M:Fahid M:Imran/M:Omran M:Kamil/M:Jamil M:Rashid/M:Rashad M:Samir/M:Tamir M:Nadir/M:Nadim
M:Karim/M:Kazim M:Hamid/M:Hamed M:Ahsan/M:Ihsan M:Hasan/M:Husan M:Javed/M:Naved M:Amit/M:Ajit M:Rohan/M:Mohan
M:Nilesh/M:Nimesh M:Jonah/M:Jonas M:Milan/M:Dilan M:Goran/M:Zoran M:Andrei/M:Andres
M:Marius/M:Darius M:Marek/M:Darek M:Jacek/M:Wacek M:Tunde/M:Kunde M:Taiwo/M:Kaiwo M:Minh/M:Binh M:Tuan/M:Toan
M:Adrian/F:Adriana M:Julian/F:Juliana M:Daniel/F:Daniela M:Gabriel/F:Gabriela M:Samir/F:Samira M:Amir/F:Amira
M:Karim/F:Karima M:Jamil/F:Jamila M:Nabil/F:Nabila M:Rashid/F:Rashida M:Farid/F:Farida M:Khalid/F:Khalida
M:Zahir/F:Zahira M:Munir/F:Munira M:Latif/F:Latifa M:Salim/F:Salima M:Majid/F:Majida M:Hamid/F:Hamida M:Walid/F:Walida
M:Emilio/F:Emilia M:Mario/F:Maria M:Antonio/F:Antonia M:Claudio/F:Claudia M:Silvio/F:Silvia M:Flavio/F:Flavia
M:Octavio/F:Octavia M:Denis/F:Denise M:Dominik/F:Dominika M:Martin/F:Martina M:Robert/F:Roberta M:Karol/F:Karola
M:Roman/F:Romana M:Ivan/F:Ivana M:Bogdan/F:Bogdana M:Miroslav/F:Miroslava M:Stanislav/F:Stanislava M:Joseph/F:Josepha
M:Louis/F:Louise M:Andre/F:Andrea M:Simon/F:Simone M:Francis/F:Frances M:Marian/F:Mariana M:Leon/F:Leona
"""

ALIKE = tuple((one[0], one[2:], two[0], two[2:]) for one, two in (pair.split("/") for pair in _PAIRS.split()))
"""Pairs as sex, name, sex, name."""
