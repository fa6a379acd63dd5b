"""Countries by their names, adjectives, capitals: "Russia's", "Russian" and "Moscow's" minister are one country's.

ISO 3166 names with the adjectives of ordinary use, and capitals that news lets stand for their governments. Each row:
the name, then every other word for it. Lower case.
"""

from __future__ import annotations

ROWS = """
afghanistan afghan kabul|albania albanian tirana|algeria algerian algiers|angola angolan|argentina argentine
argentinian |armenia armenian yerevan|australia australian canberra|austria austrian vienna|azerbaijan azerbaijani
azeri baku |bahrain bahraini|bangladesh bangladeshi dhaka|belarus belarusian belarussian minsk|belgium belgian|bolivia
bolivian |bosnia bosnian sarajevo|botswana|brazil brazilian brasilia|britain british uk u.k. london|bulgaria bulgarian
sofia |burundi burundian|cambodia cambodian|cameroon cameroonian|canada canadian ottawa|chad chadian|chile chilean
santiago |china chinese beijing|colombia colombian bogota|congo congolese kinshasa|croatia croatian zagreb|cuba cuban
havana |cyprus cypriot nicosia|czechia czech prague|denmark danish copenhagen|ecuador ecuadorian quito|egypt egyptian
cairo |england english|eritrea eritrean|estonia estonian tallinn|ethiopia ethiopian|eu european|finland finnish
helsinki |france french paris|gabon gabonese|gambia gambian|georgia georgian tbilisi|germany german berlin|ghana
ghanaian accra |greece greek athens|guatemala guatemalan|guinea guinean|haiti haitian|honduras honduran|hungary
hungarian budapest |iceland icelandic|india indian delhi|indonesia indonesian jakarta|iran iranian tehran|iraq iraqi
baghdad |ireland irish dublin|israel israeli jerusalem|italy italian rome|jamaica jamaican|japan japanese tokyo |jordan
jordanian amman|kazakhstan kazakh astana|kenya kenyan nairobi|kosovo kosovar pristina|kuwait kuwaiti |kyrgyzstan kyrgyz
bishkek|laos lao laotian|latvia latvian riga|lebanon lebanese beirut|liberia liberian|libya libyan tripoli|lithuania
lithuanian vilnius|luxembourg|macedonia macedonian skopje|malawi malawian|malaysia malaysian|mali malian |malta
maltese|mauritania mauritanian|mexico mexican|moldova moldovan chisinau|mongolia mongolian|montenegro montenegrin
podgorica|morocco moroccan rabat|mozambique mozambican|myanmar burmese burma|namibia namibian|nepal nepalese nepali
|netherlands dutch hague|nicaragua nicaraguan managua|niger nigerien|nigeria nigerian abuja|norway norwegian oslo |oman
omani|pakistan pakistani islamabad|palestine palestinian ramallah|panama panamanian|paraguay paraguayan |peru peruvian
lima|philippines philippine filipino manila|poland polish warsaw|portugal portuguese lisbon |qatar qatari doha|romania
romanian bucharest|russia russian moscow|rwanda rwandan kigali|saudi riyadh|scotland scottish |senegal senegalese
dakar|serbia serbian belgrade|singapore singaporean|slovakia slovak bratislava |slovenia slovenian slovene
ljubljana|somalia somali mogadishu|spain spanish madrid|sudan sudanese khartoum |sweden swedish stockholm|switzerland
swiss bern|syria syrian damascus|taiwan taiwanese taipei|tajikistan tajik dushanbe |tanzania tanzanian|thailand thai
bangkok|togo togolese|tunisia tunisian tunis|turkey turkish ankara |turkmenistan turkmen|uganda ugandan kampala|ukraine
ukrainian kyiv kiev|uruguay uruguayan montevideo |us u.s. u.s usa american america washington|uzbekistan uzbek
tashkent|venezuela venezuelan caracas|vietnam vietnamese hanoi |wales welsh|yemen yemeni sanaa|zambia zambian
lusaka|zimbabwe zimbabwean harare
"""
#: Every word for a country, with the country's name.
NATION_OF: dict[str, str] = {word: row.split()[0] for row in ROWS.split("|") for word in row.split()}
