"""Files in which articles stand one after another in markup: feeds, agencies' XML, corpora in SGML, exports in HTML.

stream ──splitting──► a record's bytes ──elements──► Record ──feeds, agencies, sgml, europresse──► ExtractedText
"""
