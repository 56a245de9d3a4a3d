# SPDX-License-Identifier: Apache-2.0
"""Names for people who do not exist, varied in origin and in how a family hands them on. Our own lists.

Each community holds given names, family names, and the census codes that its families mostly answer. The
lists are short, written for this town from common knowledge, and kept unlike each other on purpose:
particles (van der, dos, al-), two surnames, apostrophes, hyphens, diacritics, several spellings of one
name, and families in which parent and child share no surname. Software that survives these names may meet
real ones.
"""

from dataclasses import dataclass
from enum import Enum

from beholden.town.dice import Weighted


class Naming(Enum):
    """How a child comes by a surname."""

    SHARED = "the family's"
    GENDERED = "the family's, with an ending that follows the child's sex"
    DOUBLE = "two surnames in one field"
    FATHER = "the given name of one parent"
    SIKH = "the family's, with Singh or Kaur as a middle name"


@dataclass(frozen=True, slots=True)
class Community:
    """Names that go together, and what families who bear them mostly answer to the census."""

    weight: float
    naming: Naming
    girls: tuple[str, ...]
    boys: tuple[str, ...]
    surnames: tuple[str, ...]
    ethnicity: Weighted[str]
    language: Weighted[str]
    middle: float  # the share of children with a middle name


def _named(
    weight: float,
    naming: Naming,
    names: str,
    ethnicity: str,
    language: str,
    *,
    middle: float = 0.3,
) -> Community:
    parts = (part.split(",") for part in names.split("|"))
    girls, boys, surnames = (tuple(" ".join(name.split()) for name in part) for part in parts)
    return Community(weight, naming, girls, boys, surnames, _table(ethnicity), _table(language), middle)


def _table(text: str) -> Weighted[str]:
    pairs = (entry.split(":") for entry in text.split())
    return tuple((code, float(weight)) for code, weight in pairs)


_SHARED, _GENDERED, _DOUBLE, _FATHER, _SIKH = Naming

COMMUNITIES = (
    _named(20, _SHARED, """
        Ada, Beatrix, Clementine, Daisy, Edith, Florence, Hattie, Imogen, Jemima, Kitty, Lottie, Mabel,
        Nell, Olive, Phoebe, Rosie, Sylvie, Tabitha, Verity, Winifred, Anne-Marie, Zoë |
        Albie, Barnaby, Caleb, Dexter, Edmund, Felix, Gilbert, Huxley, Isaac, Jago, Kit, Linus, Monty,
        Ned, Otis, Percy, Ralph, Seth, Toby, Wilfred, Jean-Paul, Zachary |
        Ashdown, Barley, Catchpole, Dunnock, Eastlake, Fairweather, Garland, Hathersage, Inchbold,
        Jessop, Kettle, Larkin, Mossop, Nightingale, Oldroyd, Pettifer, Quarmby, Rowntree, Sidebottom,
        Thackeray, Underhill, Wainwright, Yardley, Smith, Jones, Taylor, Brown, Featherstonehaugh,
        Ng-Barker, St. Clair, Lloyd-Price, Bowes Fane, de Courcy, Ffoulkes, Thorne
        """, "WBRI:40 WENG:4 WCOR:1 WOWB:1", "ENG:200 BSL:1 CRN:1", middle=0.7),
    _named(4, _SHARED, """
        Angharad, Bronwen, Carys, Eleri, Ffion, Gwenllian, Lowri, Mair, Nia, Siân, Tegwen |
        Aled, Bryn, Cai, Dafydd, Emrys, Gethin, Idris, Llŷr, Owain, Rhodri, Siôn |
        ap Gwilym, Bevan, Cadwaladr, Gethin, Llewellyn, Maddocks, Parry, Prosser, Pugh, Tudor,
        Vaughan-Rees
        """, "WBRI:4 WWEL:6", "ENG:8 CYM:2", middle=0.5),
    _named(4, _SHARED, """
        Aileas, Catriona, Eilidh, Fiona, Iona, Mairi, Morag, Seonaid |
        Alasdair, Callum, Eòghann, Fergus, Hamish, Ruairidh, Struan, Torquil |
        Buchanan, Dalgleish, Farquharson, MacAskill, Mac an t-Saoir, McLeod, M'Cheyne, Menzies, Urquhart
        """, "WBRI:4 WSCO:6", "ENG:19 SCO:1 GAL:1", middle=0.6),
    _named(4, _SHARED, """
        Aoife, Bláithín, Caoimhe, Deirdre, Éabha, Gráinne, Niamh, Órla, Saoirse, Síofra |
        Cillian, Dáithí, Éanna, Fiachra, Lorcán, Oisín, Pádraig, Rónán, Tadhg |
        Ní Bhriain, O'Brien, O’Shaughnessy, Ó Dálaigh, Mac Cárthaigh, Fitzmaurice, Gallagher, Kinsella,
        O'Dowd
        """, "WIRI:8 WBRI:2", "ENG:19 GAE:1", middle=0.5),
    _named(0.6, _SHARED, """
        Bridget, Kathleen, Margaret-Mary, Philomena, Nora, Theresa |
        Bernie, Jimmy, Martin, Miley, Paddy, Simey |
        Cash, Connors, Delaney, Maughan, Sweeney, Wardlow
        """, "WIRT:8 WROM:3 REFU:2", "ENG:8 TRI:1 RME:1", middle=0.5),
    _named(4, _GENDERED, """
        Agnieszka, Bożena, Dorota, Ewelina, Grażyna, Jagoda, Kinga, Łucja, Małgorzata, Oliwia, Zofia |
        Błażej, Cezary, Dawid, Grzegorz, Jędrzej, Krzysztof, Łukasz, Paweł, Stanisław, Świętosław,
        Wojciech |
        Brzęczyk, Dąbrowski, Gołębiowski, Jabłoński, Kamiński, Lis, Nowak, Piątkowski, Sikorski,
        Szczęsny, Źdźbło, Żurawski
        """, "WEEU:9 WOTH:1", "POL:9 ENG:1"),
    _named(1.2, _GENDERED, """
        Eliška, Božena, Jiřina, Kateřina, Ľubica, Markéta, Zdeňka |
        Ctirad, Jiří, Ľuboš, Matěj, Ondřej, Radoslav, Šimon |
        Černý, Dvořák, Hájek, Novotný, Procházka, Růžička, Šťastný
        """, "WEEU:7 WROM:2 NOBT:1", "CZE:4 SLO:4 RMI:1 ENG:1"),
    _named(1.8, _SHARED, """
        Ancuța, Brândușa, Crina, Ilinca, Mădălina, Ruxandra, Ștefania |
        Bogdan, Călin, Dragoș, Horațiu, Ionuț, Răzvan, Ștefan |
        Bălan, Ciobotaru, Dănilă, Lăcătușu, Munteanu, Pătrașcu, Țurcanu
        """, "WEEU:8 WROM:2", "RMN:8 RMI:1 ENG:1"),
    _named(0.8, _GENDERED, """
        Austėja, Gintarė, Jūratė, Rūta, Živilė |
        Ąžuolas, Gediminas, Jonas, Mindaugas, Žygimantas |
        Balčiūnas, Kazlauskas, Petrauskas, Šimkus, Žukauskas
        """, "WEEU:1", "LIT:8 RUS:1 ENG:1"),
    _named(1, _GENDERED, """
        Daryna, Halyna, Kateryna, Liudmyla, Oksana, Solomiya, Yevheniia |
        Andrii, Bohdan, Dmytro, Mykola, Oleksii, Serhii, Volodymyr |
        Bondarenko, Hrytsenko, Kovalchuk, Levytskyi, Mel'nyk, Shevchuk, Zahoruiko
        """, "WEEU:8 NOBT:1", "UKR:8 RUS:2"),
    _named(0.7, _GENDERED, """
        Anastasiya, Desislava, Gergana, Iglika, Yoana |
        Asen, Boyan, Kaloyan, Plamen, Zhivko |
        Atanasov, Dimitrov, Georgiev, Hristov, Stoyanov
        """, "WEEU:7 WTUR:1", "BUL:8 TUR:1"),
    _named(0.8, _SHARED, """
        Albana, Besa, Drita, Fjolla, Jehona |
        Agron, Besnik, Ilir, Luan, Shpëtim |
        Berisha, Çela, Gashi, Hoxha, Krasniqi, Shqiptari
        """, "WALB:6 WKOS:4", "ALB:9 ENG:1"),
    _named(1.4, _DOUBLE, """
        Beatriz, Conceição, Inês, Leonor, Matilde, Mónica |
        Afonso, Duarte, Gonçalo, João, Simão, Tomé |
        Araújo, Brandão, da Conceição, d'Almeida, de Sá, dos Santos, e Silva, Falcão, Magalhães
        """, "WPOR:7 OLAM:2 WOTH:1", "POR:6 PORB:3 ENG:1"),
    _named(1.2, _DOUBLE, """
        Begoña, Ignacia, Lucía, María José, Ximena |
        Álvaro, Íñigo, Joaquín, José María, Nicolás |
        Ibáñez, de la Cruz, del Río, Muñoz, Núñez, Peña, Quiñones, y Galdós, Zárate
        """, "OLAM:5 WWEU:5", "SPA:9 ENG:1"),
    _named(1, _SHARED, """
        Annalisa, Chiara, Fiammetta, Ginevra, Niccolò-Maria |
        Alessio, Dario, Ettore, Niccolò, Raffaele |
        D'Amico, De Luca, Dell'Orto, Di Pietrantonio, Lo Presti, Rossi
        """, "WITA:8 WWEU:2", "ITA:7 ENG:3"),
    _named(0.8, _SHARED, """
        Aaltje, Geertje, Heike, Jette, Maëlle, Wiebke |
        Jörg, Loïc, Pieterjan, Sjoerd, Thijs, Uwe |
        de Vries, Groß, Lefèvre, 't Hooft, ten Brink, van den Heuvel, van der Meer, von Ahlen, Weiß,
        L'Écuyer
        """, "WWEU:9 WOTH:1", "DUT:3 GER:3 FRN:3 ENG:1", middle=0.6),
    _named(0.8, _FATHER, """
        Ásdís, Guðrún, Ingibjörg, Sólveig, Þórdís |
        Ásgeir, Guðmundur, Þórður, Sigurþór, Ægir |
        Bjarnason, Einarsson, Þórsson
        """, "WWEU:1", "ISL:8 ENG:2"),
    _named(1.2, _SHARED, """
        Ayşegül, Çiğdem, Elif, Gülşah, İpek, Yağmur |
        Çağlar, Doğan, İlker, Oğuzhan, Şükrü, Umut |
        Aydın, Çelik, Gökçe, İnönü, Öztürk, Şahin, Yıldız
        """, "WTUR:5 WTUC:3 OKRD:2", "TUR:8 KURM:2"),
    _named(0.6, _GENDERED, """
        Eleftheria, Kalliopi, Myrto, Panagiota |
        Aristotelis, Kyriakos, Panayiotis, Stylianos |
        Hadjipavlou, Ioannidis, Kyriakides, Papadopoulos
        """, "WGRC:6 WGRK:4", "GREC:6 GRE:4"),
    _named(4.5, _SHARED, """
        Aaliyah, Bismah, Eshaal, Hafsa, Iqra, Khadijah, Maryam, Noor-ul-Ain, Rabia, Sumayyah, Zainab |
        Abdul-Rehman, Bilal, Danyal, Faizan, Hamza, Ibraheem, Mohammed, Muhammad, Mohd, Usmaan,
        Zakariya |
        Akhtar, Begum, Butt, Chaudhry, Hussain, Iqbal, Khan, Mahmood, Mirza, Qureshi, Shah, ul-Haq
        """, "APKN:6 AMPK:3 AKPA:1", "URD:5 PNJM:3 PHR:1 ENG:2"),
    _named(2.2, _SHARED, """
        Afsana, Fahmida, Jannatul, Mahfuza, Nusrat, Tasnia |
        Abdur Rahim, Fahim, Md Rafiq, Nazmul, Shahriar, Tanvir |
        Ahmed, Begum, Choudhury, Islam, Khatun, Miah, Rahman, Uddin
        """, "ABAN:1", "BNGS:7 BNG:2 ENG:1"),
    _named(2, _SIKH, """
        Amandeep, Gurpreet, Harleen, Jasmeet, Simran |
        Arjan, Gurdeep, Harjit, Manvir, Sukhdeep |
        Atwal, Bains, Dhaliwal, Gill, Sandhu, Sidhu
        """, "AIND:9 AOTA:1", "PNJ:4 PNJG:4 ENG:2", middle=1.0),
    _named(2, _SHARED, """
        Aarohi, Bhavika, Diya, Hetal, Kavya, Urvi |
        Aarav, Dhruv, Hiren, Jignesh, Krishna, Yash |
        Desai, Joshi, Mehta, Patel, Shah, Trivedi, Vyas
        """, "AIND:8 AAFR:2", "GUJ:6 HIN:2 KCH:1 ENG:1"),
    _named(1.2, _FATHER, """
        Abirami, Dharshini, Kavitha, Nilakshi, Thenmozhi, Yazhini |
        Arulmozhi, Kathiravan, Pirathapan, Senthuran, Thirunavukkarasu, Vigneswaran |
        Balasubramaniam, Ramanathan, Sivapalan
        """, "ASLT:7 AIND:2 AOTH:1", "TAM:9 ENG:1", middle=0.05),
    _named(0.6, _SHARED, """
        Aakriti, Bimala, Manisha, Sanjita |
        Bishnu, Dipendra, Prakash, Suraj |
        Gurung, Limbu, Rai, Shrestha, Thapa Magar
        """, "ANEP:1", "NEP:8 NWA:1 ENG:1"),
    _named(2.4, _SHARED, """
        Adébísí, Boluwatife, Fọláṣadé, Ìyábọ̀, Mofiyinfoluwa, Ṣadé, Temitọ́pẹ́ |
        Adéwálé, Babátúndé, Káyọ̀dé, Olúwaṣeun, Ọládélé, Táíwò, Kẹ́hìndé |
        Adébáyọ̀, Adéṣínà, Ọ̀ṣúndáre, Ogunbanjo, Olaniyan, Ṣóyínká
        """, "BNGN:8 BAOF:1 BAFR:1", "YOR:5 ENG:5", middle=0.8),
    _named(1.4, _SHARED, """
        Adaeze, Chidimma, Ifeyinwa, Nkiruka, Ụzọamaka |
        Chukwuemeka, Ifeanyi, Kenechukwu, Obinna, Ụgọchukwu |
        Achike, Eze, Nwachukwu, Okonkwo, Onyeka, Umeh
        """, "BNGN:9 BAFR:1", "IGB:5 ENG:5", middle=0.7),
    _named(1.6, _SHARED, """
        Abena, Adwoa, Afia, Akosua, Esi, Yaa |
        Kofi, Kojo, Kwabena, Kwame, Kwasi, Yaw |
        Agyeman, Ansah-Boateng, Asante, Mensah, Ofori-Atta, Owusu
        """, "BGHA:9 BAFR:1", "AKAT:5 AKAF:2 GAA:1 ENG:4", middle=0.6),
    _named(1.8, _FATHER, """
        Aamina, Caasha, Deeqa, Faadumo, Hodan, Xaliimo |
        Abdirahman, Cabdi, Guuleed, Liibaan, Maxamed, Mohamoud |
        Cali, Jaamac, Warsame
        """, "BSOM:9 BAFR:1", "SOM:9 ENG:1", middle=0.9),
    _named(1, _FATHER, """
        Bethlehem, Feven, Hiwot, Selam, Tsehay, Wubit |
        Abrehet, Dawit, Haile, Mebrahtu, Tekle, Yonas |
        Desta, Gebreselassie, Wolde-Mariam
        """, "BAOF:8 BAFR:2", "TGR:5 AMR:4 ENG:1"),
    _named(1, _SHARED, """
        Bijou, Grâce, Merveille, Naomie, Plamedi |
        Christ-Vie, Dieumerci, Exaucé, Jonathan, Trésor |
        Ilunga, Kabongo, Lukaku, Mbuyi, Ngoy wa Ngoy, Tshibangu
        """, "BCON:7 BANN:2 BAFR:1", "LIN:6 FRN:3 ENG:1"),
    _named(0.7, _SHARED, """
        Chipo, Nyasha, Rudo, Tariro, Thandiwe |
        Farai, Kudzanai, Sibusiso, Tapiwa, Tinashe |
        Chigumbura, Dube, Moyo, Ncube, N'Dlovu, Zvobgo
        """, "BAOF:7 BAFR:3", "SHO:6 NDBZ:2 ENG:2"),
    _named(2.4, _SHARED, """
        Alecia, Cherisse, Dominique, Keziah, La'Tasha, Shanice |
        Delroy, Jermaine, Kemar, Marlon, Tyrell, Zion |
        Bennett, Campbell, Clarke-Grant, Francis, Henry, Lindo, Pascal, St Louis
        """, "BCRB:9 BOTB:1", "ENG:9 CCE:1 CCF:1", middle=0.8),
    _named(1.6, _SHARED, """
        ʿAbīr, Asmaa, Hala, Rīm, Shaimaa', Yusra |
        ʿUmar, Abd al-Rahman, Ḥasan, Khalid, Saif al-Din, Yahya |
        Abu Zayd, al-Ḥamdānī, Al Nasser, Ben Youssef, bin Saleh, El-Khoury, Haddad
        """, "OARA:4 OIRQ:2 OYEM:1 OEGY:1 OLEB:1 OMRC:1", "ARA:5 ARAI:3 ARAM:1 ARAY:1", middle=0.6),
    _named(0.8, _SHARED, """
        Berîvan, Dilan, Gulistan, Nesrîn |
        Azad, Cengîz, Rêbîn, Şivan |
        Barzinji, Demirtaş, Hawrami, Zîlan
        """, "OKRD:8 WTUK:1 REFU:1", "KURS:5 KURM:5"),
    _named(0.8, _SHARED, """
        Bahareh, Gol-Andam, Laleh, Parvaneh, Shirin |
        Behrouz, Farzad, Keyvan, Navid, Ramin |
        Hosseinzadeh, Karimi, Moghaddam, Nouri, Tehrani-Far
        """, "OIRN:9 OOTH:1", "PRSA:9 ENG:1"),
    _named(1, _SHARED, """
        Brishna, Gulalai, Palwasha, Zarghuna |
        Aimal, Hekmatullah, Najibullah, Zmarai |
        Ahmadzai, Noorzai, Popalzai, Wardak
        """, "OAFG:1", "PAT:5 PRSD:5", middle=0.05),
    _named(1.4, _SHARED, """
        Jiāyí, Meiling, Qiu Yue, Wan Ting, Xiǎoyàn, Hoi-Ching |
        Bowen, Chi-Keung, Jùnjié, Lok Hei, Tsz-Hin, Zǐháo |
        Au-Yeung, Chan, Cheung, Lǐ, Liú, Ouyang, Wong, Xǔ, Zhang
        """, "CHNE:5 CHKC:5", "CHIC:5 CHIM:4 ENG:1", middle=0.2),
    _named(0.8, _SHARED, """
        Ánh Tuyết, Bích Ngọc, Hương Giang, Thùy Dương |
        Đức Anh, Hữu Nghĩa, Quốc Bảo, Tuấn Kiệt |
        Đặng, Huỳnh, Lê, Nguyễn, Phạm, Trần
        """, "OVIE:9 CHNE:1", "VIE:9 ENG:1", middle=0.6),
    _named(1, _DOUBLE, """
        Analyn, Jhoanna Marie, Maricel, Princess |
        Jayson, John Carlo, Mark Anthony, Rodel |
        de los Reyes, Dela Cruz, Macaraeg, Pangilinan, Santos, Tañada
        """, "OFIL:9 AOTH:1", "TGLF:6 TGLG:2 ENG:2", middle=0.7),
    _named(0.5, _SHARED, """
        Haruka, Ji-woo, Seo-yeon, Yūko |
        Gen'ichi, Min-jun, Ryōta, Shin'ya |
        Ahn, Ōno, Ito, Kwon, Pak, Satō
        """, "OJPN:5 OKOR:5", "JPN:5 KOR:5", middle=0.05),
    _named(0.3, _SHARED, """
        Kahiau, Leilani, Mele, Sina |
        Kekoa, Semisi, Tevita, Viliame |
        Fa‘asavalu, Kealoha, Ratu Nasau, Tu'ipulotu
        """, "OPOL:9 OOEG:1", "ENG:7 SAM:1 TON:1 FIJ:1"),
)  # fmt: skip

ENDINGS = (
    ("ski", "ska"), ("cki", "cka"), ("dzki", "dzka"), ("skyi", "ska"), ("ský", "ská"), ("ý", "á"),
    ("ák", "áková"), ("ek", "ková"), ("ka", "ková"), ("auskas", "auskaitė"), ("iūnas", "iūnaitė"),
    ("us", "utė"), ("idis", "idou"), ("poulos", "poulou"), ("ides", "idou"), ("ny", "na"),
    ("ov", "ova"), ("ev", "eva"),
)  # fmt: skip
"""How a surname ends for a man, and for a woman of the same family; the first that fits is used."""


def for_woman(surname: str) -> str:
    """Return the form of a gendered surname that a woman bears; most surnames have one form only."""
    for his, hers in ENDINGS:
        if surname.endswith(his):
            return surname[: -len(his)] + hers
    return surname


_BETWEEN = {
    "AB": "MABL", "AC": "MACH", "AO": "MAOE", "AW": "MWAS", "BC": "MBCH", "BO": "MBOE", "BW": "MWBA",
    "CO": "MCOE", "CW": "MWCH", "OW": "MWOE",
}  # fmt: skip


def child_ethnicity(first: str, second: str) -> str:
    """Return the code of a child whose parents answer with these two: theirs, or the one between."""
    if first == second or second in ("NOBT", "REFU"):
        return first
    if first in ("NOBT", "REFU"):
        return second
    if {first, second} == {"WBRI", "BCRB"}:
        return "MWBC"
    groups = "".join(sorted((first[0], second[0])))
    if groups in _BETWEEN:
        return _BETWEEN[groups]
    return "MOTH" if "M" in groups else first
