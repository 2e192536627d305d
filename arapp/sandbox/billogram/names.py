"""Invented names and texts for the seeded data."""

FIRST_NAMES = tuple(
    "Siv Maj Åke Örjan Linnea Elsa Hugo Ebba Nils Astrid Göran Ingrid "
    "Folke Märta Sixten Tyra Ärla Vidar Alva Birger Disa Torsten Signe Love".split()
)
LAST_NAMES = tuple(
    "Ek Lundin Åkerblad Östgren Fjällström Rönnkvist Älgmark Sandhed Tallbacke "
    "Björkhage Granlid Strandvall Hedensjö Mossberg-Ling Kvarnlöf Dalsäter Ljungskog".split()
)
FIRM_FRONTS = tuple(
    "Nordanvind Skogsbryn Havsglimt Tegelslag Solrosen Granbarr Kvarnhjul Vintergatan "
    "Rimfrost Ängsull Stenmur Klockljung Blåklint Fyrbåk Hjortron Myrstack Åskmoln".split()
)
FIRM_ENDS = tuple(
    "Bygg AB|Te AB|Fastigheter AB|Kafé HB|Måleri AB|Elteknik AB|Redovisning AB|Trädgård|Transport AB|"
    "Design & Form AB|Livs AB|Mekaniska Verkstad AB|Förlag|Samfällighet|Ek. för.".split("|")
)
UGLY_NAMES = (
    "Långbro Kooperativa Förening för Gemensam Anskaffning av Kontorsmaterial, Städtjänster och Frukt, "
    "Avdelningen för Inköp, Leverantörsreskontra och Övriga Frågor utan Egen Avdelning samt Kaffe, Te & Bröd u.p.a.",
    'Åsa "Ossi" O\'Hara & Söner <Maskin> AB',
    "=SUMMA(A1:A9) Data HB",
    "Kaffe ☕ & Bullar 🥐 AB",
    "شركة الشاي الشمالي",
    "<b>Fet Stil</b> Reklam AB",
    "+46 Svar Direkt, Växel; Tolk AB",
    "  Mellanslag   i  Mitten ",
    "@Snabel-A / Back\\slash KB",
    "-Minus & Plus- Ekonomi",
)
STREETS = tuple("Tegatan|Björkvägen|Kvarnstigen|Ängsgränd|Övre Långgatan|Hamnplan|Fyrvägen|Östra torget".split("|"))
CITIES = (
    ("111 22", "Stockholm"),
    ("753 10", "Uppsala"),
    ("17569", "Järfälla"),
    ("211 20", "Malmö"),
    ("411 04", "Göteborg"),
    ("972 31", "Luleå"),
    ("391 20", "Kalmar"),
    ("831 30", "Östersund"),
)
GOODS = tuple(
    "Delivery of tea|Office cleaning|Kontorsstädning|Consulting services|Konsulttimmar|Fruit basket|Fruktkorg|"
    "Printer paper A4|Kopieringspapper|Window cleaning|Putsning av fönster|Parking space|Hyra av lokal|Frakt|"
    "Server hosting|Webbhotell|Snow clearing|Snöröjning|Course fee|Kursavgift|Electrical work|Elarbete|Freight|"
    "Subscription|Prenumeration|Catering|Förtäring".split("|")
)
DETAILS = tuple(
    "|, January|, vecka 12| – standard| – premium| (återkommande)|, spring|, hösten| no. 2|, per överenskommelse|"
    ", extra| 50 % deposit|, Q1|, Q2|, Q3|, Q4|, small|, large|, according to order| »express«|, byggnad B".split("|")
)
UNITS = tuple("unit unit hour hour day month kg kwh m2 litre".split())
MESSAGES = (
    "Thank you for your business!",
    "Tack för att ni handlar hos oss.",
    "Enligt avtal.\nFrågor? Skriv till ekonomi@example.org.",
    "Obs! Nytt bankgironummer – se fakturan.",
    "=1+1 is not a formula here; <script>nor this</script>",
)
REMINDER_MESSAGES = (None, None, "Vänligen betala omgående.")
