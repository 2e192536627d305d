"""Invented people, firms and wares. Any likeness to somebody is chance; addresses are example.org."""

FIRST = (
    *("Anke", "Bernd", "Cem", "Dörte", "Emil", "Frauke", "Gül", "Hannes", "Ilse", "Jürgen", "Katja", "Lars"),
    *("Maike", "Nils", "Oda", "Peer", "Rasmus", "Sörine", "Tjark", "Ulla", "Veit", "Wiebke", "Yusuf", "Zoë"),
)
LAST = (
    *("Ahlers", "Brömmel", "Czerny", "Dierks", "Eßmann", "Fröhling", "Grünthal", "Hövel", "Ihde", "Jäckel"),
    *("Kütemeyer", "Lüders", "Mößner", "Nöth", "Oelrich", "Pöhlke", "Quast", "Rüther", "Schäfke", "Töbing"),
)
TRADES = (
    *("Tischlerei", "Bäckerei", "Gärtnerei", "Druckhaus", "Malerbetrieb", "Metallbau", "Kanzlei", "Praxis"),
    *("Fahrradwerk", "Weinhandlung", "Spedition", "Planungsbüro", "Buchhandlung", "Werbeagentur", "Imkerei"),
)
FORMS = ("GmbH", "AG", "KG", "e.K.", "GbR", "UG (haftungsbeschränkt)", "GmbH & Co. KG", "eG")
STREETS = (
    "Am Ring",
    "Birkenweg",
    "Deichstraße",
    "Hauptstraße",
    "Kirchgasse",
    "Lindenallee",
    "Zum Alten Hafen",
)
CITIES = (
    *(
        ("10115", "Berlin"),
        ("20095", "Hamburg"),
        ("80331", "München"),
        ("50667", "Köln"),
        ("04109", "Leipzig"),
    ),
    *(("01067", "Dresden"), ("28195", "Bremen"), ("70173", "Stuttgart"), ("23552", "Lübeck")),
)
UGLY = (
    "Sehr " * 38 + "lang GmbH.",
    'Klammer <script>alert("x")</script> & Söhne',
    "=SUMME(A1:A9) Tabellenbau KG",
    "שלום ייבוא בע״מ \u202eGmbH",
    'O\'Neill "Anführung" \\ Schrägstrich/Strich; Semikolon, Komma',
    "+49 Rufnummer @Handel -Minus e.K.",
    "  Leerraum\tund Tabulator  ",
    "🦊 Fuchs & Gänse 株式会社",
)
ARTICLES = (
    ("Beratung", "Beratung vor Ort", "95", "h", "19", "SERVICE"),
    ("Montage", "Aufbau und Einrichtung", "72.5", "h", "19", "SERVICE"),
    ("Wartung", "Wartung nach Plan", "480", "pauschal", "19", "SERVICE"),
    ("Fachbuch", "Handbuch, gebunden", "39.9", "Stück", "7", "PRODUCT"),
    ("Regalboden", "Eiche, geölt", "64.25", "Stück", "19", "PRODUCT"),
    ("Schraubensatz", "200 Teile", "0.0325", "Stück", "19", "PRODUCT"),
    ("Kursgebühr", "steuerfrei nach § 4 UStG", "210", "Stück", "0", "SERVICE"),
    ("Honig", "500 g", "6.8", "Glas", "7", "PRODUCT"),
    ("Kabel", "Meterware", "1.19", "m", "19", "PRODUCT"),
    ("Fahrtkosten", "je Kilometer", "0.42", "km", "19", "SERVICE"),
)
LABELS = ("Projekt Nordlicht", "Umbau Halle 3", "Rahmenvertrag", "Nachtrag", "Messe Frühjahr")
TAGS = ("wichtig", "Projekt", "Wartung", "Klärung", "Stammkunde")
INTROS = (
    "Wir erlauben uns, wie folgt zu berechnen:",
    "Guten Tag [Client.name],\nfür unsere Leistungen stellen wir Ihnen in Rechnung:",
    None,
)
NOTES = (
    "Bitte bis zum [Invoice.due_date] zahlen.",
    "Vielen Dank für Ihren Auftrag!\nRechnung [Invoice.invoice_number] vom [Invoice.date]",
    None,
)
REMARKS = (
    "Kunde bittet um Rückruf.",
    "Bestellnummer wird nachgereicht.",
    "Abgestimmt mit der Buchhaltung.",
    "Leistung geprüft, in Ordnung.",
)
LEVELS = (
    ("Zahlungserinnerung", "Sicher haben Sie unsere Rechnung nur übersehen.", "0"),
    ("1. Mahnung", "Leider ist unsere Rechnung noch offen.", "5"),
    ("2. Mahnung", "Wir mahnen letztmalig.", "10"),
)
