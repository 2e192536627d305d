"""Invented names for the seeded workspace. Nobody here exists."""

USERS = (
    ("Kim", "Berg", "admin"),
    ("Ayşe", "Örnek", "admin"),
    ("Noa", "Lindqvist", "accountant"),
    ("Étienne", "O'Sample", "member"),
)

COUNTRIES = {
    # country: language, currency, prefix of phone numbers, VAT rates, towns
    "DE": ("de", "EUR", "+49 555 01", ("19.00", "7.00"), ("Hafenstadt", "Oberbeispiel", "Musterhausen")),
    "AT": ("de", "EUR", "+43 555 01", ("20.00", "10.00"), ("Beispielau", "Sankt Muster")),
    "CH": ("de", "CHF", "+41 555 01", ("8.10", "2.60"), ("Musterlingen", "Exempelwil")),
    "TR": ("tr", "TRY", "+90 555 01", ("20.00", "10.00", "18.00"), ("Örnekköy", "Yeniörnek")),
    "NL": ("nl", "EUR", "+31 555 01", ("21.00", "9.00"), ("Voorbeelddam", "Nieuwdorp aan Zee")),
    "FR": ("fr", "EUR", "+33 555 01", ("20.00", "5.50"), ("Exempleville", "Saint-Modèle")),
    "GB": ("en", "GBP", "+44 555 01", ("20.00", "0.00"), ("Samplebury", "Little Example")),
    "US": ("en", "USD", "+1 555 01", ("0.00",), ("Sampleton", "Exampleville")),
}
JAPAN = ("ja", "JPY", "+81 555 01", ("10.00", "8.00"), ("Reimachi",))

STREETS = ("Kai", "Example Road", "Musterweg", "Örnek Sok.")
FIRST = (
    "Nordhafen", "Blaubeer", "Kırmızı Köprü", "Lantern", "Zilverberg", "Petit Nuage", "Quietwater",
    "Sternfels", "Mavi Deniz", "Copperleaf", "Windmolen", "Grauwacke", "Altın Başak", "Halbmond",
    "Rivebleue", "Thistledown",
)  # fmt: skip
SECOND = (
    "Logistik", "Bakery", "Yazılım", "Optics", "Textiles", "Énergie", "Möbel", "Robotics", "Fırın", "Paper",
    "Fietsen", "Bau", "Seafood", "Druckerei", "Consulting",
)  # fmt: skip
FORMS = {
    "DE": "GmbH", "AT": "GesmbH", "CH": "AG", "TR": "A.Ş.", "NL": "B.V.", "FR": "SARL", "GB": "Ltd",
    "US": "LLC", "JP": "KK",
}  # fmt: skip

UGLY = (
    ("=SUM(A1:A9) Trading", "GB"),
    ("\"Quotes\" & 'Apostrophes' <b>Bold</b> Ltd", "GB"),
    ("<script>alert(1)</script> GmbH", "DE"),
    ("דוגמה ובניו בע״מ (‏123)", "US"),
    (("Sehr Lange Firma " + "für alles und noch viel mehr " * 7)[:195] + " GmbH", "DE"),
    ("Doppelte   Leerzeichen;Semikolon,Komma AG", "CH"),
    ("+49 Plus & Minus -1 @Home OHG", "DE"),
    ("İIıi ŞğÇ 🚲 Ltd. Şti.", "TR"),
)

CATEGORIES = ("Travel", "Office supplies", "Software", "Meals & entertainment", "Consultants", "Utilities")

ITEMS = (
    ("Consulting day", "On site, including preparation"),
    ("Licence, one year", ""),
    ("Pallet of paper", "80 g/m², white"),
    ("Nakliye hizmeti", "Kapıdan kapıya"),
    ("Wartung", "Quartal 3 & 4"),
    ("Croissants", "au beurre"),
    ('=1+1 "special" <offer>', "a line that looks like a formula"),
    ("Taxi", "airport – hotel"),
    ("Hosting", "per month"),
    ("Fahrradkette", "verstärkt"),
)
