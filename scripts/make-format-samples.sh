#!/bin/sh
# Makes the sample files of tests/data/formats with the programs that people make such files with.
# Needs pandoc, LibreOffice (writer, impress, calc) and Chromium; the tests need none of them.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
out=$here/tests/data/formats
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
cd "$work"

office() {  # office FILTER FILE: converts FILE with LibreOffice, into this folder
    soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to "$1" "$2" >/dev/null 2>&1
}
print_pdf() {  # print_pdf HTML PDF
    chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer "--print-to-pdf=$2" \
        "file://$work/$1" >/dev/null 2>&1
}

# --- one text in many formats: pandoc writes it, and LibreOffice writes it again -----------------

cat > lighthouse.md <<'TEXT'
---
title: The Lighthouse at Cape Orrin
author: Ida Falk
date: 2021-06-14
lang: en
---

# The Lighthouse at Cape Orrin

The lighthouse at Cape Orrin was lit for the first time on 3 October 1868. Its tower of grey
granite is 41 metres high.

## The lamp

The first lamp burned rape oil, which a keeper carried up 214 steps every evening.[^oil] An
electric lamp replaced it in 1931.

- The beam reaches 22 nautical miles.
- It flashes twice every fifteen seconds.

## The keepers

| Name | From | Until |
|------|------|-------|
| Tomas Reyle | 1868 | 1889 |
| Édith Coté | 1889 | 1917 |

Édith Coté kept a diary of the weather for twenty-eight years.

[^oil]: A barrel of oil lasted eleven nights.
TEXT
pandoc -s lighthouse.md -o lighthouse.docx
pandoc -s lighthouse.md -o lighthouse.epub
pandoc -s lighthouse.md -o lighthouse.rtf
office odt lighthouse.docx
cp lighthouse.docx lighthouse.epub lighthouse.odt "$out/"
cp lighthouse.rtf "$out/lighthouse-pandoc.rtf"
mkdir again
cp lighthouse.odt again/lighthouse.odt
cd again
office docx lighthouse.odt
office rtf lighthouse.odt
cp lighthouse.docx "$out/lighthouse-libreoffice.docx"
cp lighthouse.rtf "$out/lighthouse-libreoffice.rtf"
cd ..

# --- pages: a long ODT with page breaks ------------------------------------------------------------

{
    echo '<html><head><title>Harbour rules</title></head><body><h1>Harbour rules</h1>'
    echo '<p>Boats longer than twelve metres moor at the outer pier.</p>'
    echo '<h2 style="page-break-before: always">Fees</h2>'
    echo '<p>A night at the outer pier costs 35 crowns.</p>'
    echo '<p style="page-break-before: always">The harbour master waives the fee in a storm.</p>'
    echo '</body></html>'
} > pages.html
office 'odt:writer8' pages.html
cp pages.odt "$out/pages.odt"

# --- slides ----------------------------------------------------------------------------------------

cat > slides.md <<'TEXT'
---
title: Restoring the North Pier
---

## Why now

- Storms of 2019 washed out 60 metres of the pier.
- The ferry needs a berth by 2027.

::: notes
Mention that the council voted nine to two.
:::

## Costs

| Part | Crowns |
|------|--------|
| Stone | 410,000 |
| Labour | 655,000 |

## Next step

The tender opens on 1 March.
TEXT
pandoc slides.md -o slides.pptx
cp slides.pptx "$out/slides.pptx"
mkdir impress
cp slides.pptx impress/slides.pptx
cd impress
office odp slides.pptx
office pptx slides.odp
cp slides.pptx "$out/slides-libreoffice.pptx"
cd ..

# --- tables ----------------------------------------------------------------------------------------

cat > tides.csv <<'TEXT'
Port,Date,High water,Remark
Orrin,2024-03-01,06:42,"Spring tide, strong wind"
Selby,2024-03-01,07:15,
Orrin,2024-03-02,07:20,Calm sea
TEXT
cp tides.csv "$out/tides.csv"
office xlsx tides.csv
cp tides.xlsx "$out/tides.xlsx"

# --- a web page with all that surrounds an article -------------------------------------------------

cat > mill.html <<'TEXT'
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>The mill at Brook End | Valley Gazette</title>
<meta name="author" content="Ann Lee">
<meta property="og:site_name" content="Valley Gazette">
<meta property="article:published_time" content="2024-03-02T08:00:00Z">
<link rel="canonical" href="https://gazette.example/mill">
</head>
<body>
<div id="cookie-banner" class="cookie-consent">We use cookies to improve your visit. <button>Accept all</button></div>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li><li><a href="/about">About us</a></li></ul></nav>
<article>
<h1>The mill at Brook End</h1>
<p class="byline">By Ann Lee</p>
<p>The mill at Brook End ground wheat for nine villages until the flood of 1953 tore away its weir. Since last autumn its wheel turns again.</p>
<div class="advertisement">Buy our flour now! 20% off, today only.</div>
<h2>The wheel</h2>
<p>The new wheel is six metres high and made of larch. Two carpenters, Jon Marsh and his daughter Elin, built it in fourteen months.</p>
<ul><li>It weighs four tonnes.</li><li>It turns seven times a minute.</li></ul>
<h2>Visiting</h2>
<p>The mill is open on Sundays from April to October, and a bag of flour costs five pounds at the door.</p>
</article>
<aside class="related"><h3>Read also</h3><a href="/a">Ten walks along the brook</a></aside>
<footer><p>© 2024 Valley Gazette. All rights reserved. <a href="/privacy">Privacy policy</a></p></footer>
</body>
</html>
TEXT
cp mill.html "$out/mill.html"

# --- PDF: printed by a browser, and two columns from a word processor ------------------------------

cat > ferry.html <<'TEXT'
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ferry report 2023</title>
<style>
@page { size: A5; margin: 20mm }
body { font: 11pt serif } h1 { font-size: 20pt } h2 { font-size: 15pt }
h2 { break-before: page }
</style></head><body>
<h1>Ferry report 2023</h1>
<p>The ferry between Orrin and Selby carried 48,210 passengers in 2023, which is four percent more
than in the year before. It sailed on 341 days.</p>
<p>Fog kept it in port on nineteen days, and storms kept it in port on five days.</p>
<h2>The crew</h2>
<p>A crew of six sails the ferry: a master, a mate, two engineers and two deckhands. The longest
serving of them is the mate, Runa Holt, who came aboard in 1998.</p>
<h2>Plans</h2>
<p>A battery ferry will be tried in the summer of 2026. Its range is thirty nautical miles.</p>
</body></html>
TEXT
print_pdf ferry.html ferry.pdf
cp ferry.pdf "$out/ferry.pdf"

cat > columns.html <<'TEXT'
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Two columns</title>
<style>
@page { size: A5; margin: 15mm }
body { font: 10pt serif; hyphens: auto; text-align: justify }
div { columns: 2; height: 120mm; column-fill: auto }
</style></head><body>
<h1>Islands of the bay</h1>
<div>
<p>Skerra is the largest island of the bay. Forty families live there, and most of them keep sheep.
The wool goes to the spinning mill at Selby, where it is washed, carded and dyed by the hard&shy;working spin&shy;ners of the neigh&shy;bour&shy;hood. In good years the
island sells eleven tonnes of it.</p>
<p>A causeway joins Skerra to the mainland at low water. Whoever walks it should leave before the
tide turns, because the sea comes in faster than a horse can trot. The bell of the chapel rings an
hour before the causeway floods.</p>
<p>Little Skerra has no houses. Terns nest on its northern beach from May to August, and nobody may
land there in those months. Two wardens count the nests every week and write the numbers into a
green book that is kept in the library of Orrin.</p>
<p>Holm lies farthest out. Its only building is the old signal station, which a painter bought in
1974 and filled with pictures of clouds.</p>
</div>
</body></html>
TEXT
print_pdf columns.html columns-chromium.pdf
cp columns-chromium.pdf "$out/"
cat > columns.fodt <<'TEXT'
<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:automatic-styles>
<style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="14.8cm"
 fo:page-height="21cm" fo:margin="1.5cm"><style:columns fo:column-count="2" fo:column-gap="0.8cm"/>
</style:page-layout-properties></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm"/></office:master-styles>
<office:body><office:text>
TEXT
for n in 1 2 3; do
    cat >> columns.fodt <<TEXT
<text:p>Bed $n of the kitchen garden holds leeks and carrots. They are sown in rows, a hand apart,
and thinned out in June. Between the rows the gardener strews straw, which keeps the soil moist and
the slugs away for most of the summer.</text:p>
<text:p>Bed $n is dug over in November, when the last leeks are out. It then lies fallow until the
frost has gone, and the robins look for worms in it. In March it gets three barrows of compost.</text:p>
<text:p>The tools for bed $n hang in the shed by the gate. A spade, a rake and a hoe are enough, and
all of them are oiled once a year so that they do not rust in the damp air of the river.</text:p>
TEXT
done
echo '</office:text></office:body></office:document>' >> columns.fodt
office pdf columns.fodt
cp columns.pdf "$out/columns-libreoffice.pdf"

cp ferry.html secret.html
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to \
    'pdf:writer_web_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"rowan"}}' \
    secret.html >/dev/null 2>&1
cp secret.pdf "$out/encrypted.pdf"

# a page of words, and the same page as a picture, as a scanner makes it
"${PYTHON:-python3}" - "$out" <<'TEXT'
import sys
from pathlib import Path

import pypdfium2

out = Path(sys.argv[1])
with pypdfium2.PdfDocument(out / "ferry.pdf") as pdf:
    page = pdf[1].render(scale=2.5).to_pil().convert("L")
page.save(out / "scan.pdf", resolution=180, quality=40)
with pypdfium2.PdfDocument(out / "ferry.pdf") as pdf, pypdfium2.PdfDocument(out / "scan.pdf") as scan:
    mixed = pypdfium2.PdfDocument.new()
    mixed.import_pages(pdf, [0])
    mixed.import_pages(scan, [0])
    mixed.save(out / "partly-scanned.pdf")
TEXT

# --- subtitles -------------------------------------------------------------------------------------

cat > talk.srt <<'TEXT'
1
00:00:01,000 --> 00:00:04,200
Good evening, and welcome to the town hall.

2
00:00:04,300 --> 00:00:09,000
Tonight we talk about the bridge,
which closed in May.

3
00:01:05,500 --> 00:01:10,000
Repairs will cost <i>two million</i> crowns.
TEXT
cp talk.srt "$out/talk.srt"
pandoc --version >/dev/null
{
    printf 'WEBVTT\n\nNOTE made for the tests\n\n'
    printf '00:01.000 --> 00:04.200\nGood evening, and welcome to the town hall.\n\n'
    printf '01:01:05.500 --> 01:01:10.000\n<v Mayor>Repairs will cost two million crowns.\n'
} > talk.vtt
cp talk.vtt "$out/talk.vtt"
ls -l "$out"
