"""Places that open a news article on their own, and regions that follow a smaller place ("Sambalpur, India").

Source: capitals of the members of the United Nations; cities that newsrooms let stand alone in a dateline (the rule of
the AP and Reuters handbooks: widely known ones, here those of about a million people and more); ISO 3166 country names;
states of the USA with their newspaper abbreviations, provinces of Canada. Lower case.
"""

CITIES = frozenset(
    """
    abidjan|abu dhabi|abuja|accra|addis ababa|adelaide|ahmedabad|albany|aleppo|alexandria|algiers|almaty|amman|
    amsterdam|anchorage|ankara|antananarivo|ashgabat|asmara|astana|asuncion|asunción|athens|atlanta|auckland|
    austin|baghdad|baku|baltimore|bamako|bandung|bangalore|bengaluru|bangkok|bangui|banjul|barcelona|basra|
    beijing|beirut|belfast|belgrade|belmopan|benghazi|berlin|bern|bhopal|birmingham|bishkek|bissau|bloemfontein|
    bogota|bogotá|bonn|boston|brasilia|brasília|bratislava|brazzaville|bridgetown|brisbane|brussels|bucharest|
    budapest|buenos aires|bujumbura|bulawayo|busan|cairo|calcutta|calgary|canberra|cape town|caracas|cardiff|
    casablanca|cebu|chandigarh|charlotte|chengdu|chennai|chicago|chişinău|chisinau|chittagong|chongqing|
    christchurch|cincinnati|cleveland|colombo|conakry|copenhagen|dakar|dalian|dallas|damascus|dar es salaam|
    darwin|davao|delhi|denver|detroit|dhaka|dili|djibouti|dodoma|doha|dubai|dublin|durban|dushanbe|edinburgh|
    edmonton|entebbe|erbil|florence|frankfurt|freetown|fukuoka|gaborone|gaza|gaza city|geneva|georgetown|glasgow|
    goma|guangzhou|guatemala city|gwangju|halifax|hamburg|hanoi|harare|harbin|havana|helsinki|hiroshima|
    ho chi minh city|hobart|hong kong|honiara|honolulu|houston|hyderabad|indianapolis|islamabad|istanbul|izmir|
    jaipur|jakarta|jeddah|jerusalem|johannesburg|juba|kabul|kampala|kandahar|kano|karachi|kathmandu|khartoum|
    kigali|kingston|kinshasa|kolkata|kuala lumpur|kuwait|kuwait city|kyiv|kiev|kyoto|la paz|lagos|lahore|
    las vegas|lausanne|libreville|lilongwe|lima|lisbon|liverpool|ljubljana|lome|lomé|london|los angeles|luanda|
    lucknow|lusaka|luxembourg|macau|madrid|majuro|makkah|malabo|male|manama|manchester|mandalay|manila|maputo|
    marrakesh|maseru|mbabane|mecca|medina|melbourne|mexico city|miami|milan|milwaukee|minneapolis|minsk|mogadishu|
    mombasa|monaco|monrovia|monterrey|montevideo|montreal|moroni|moscow|mosul|mumbai|munich|muscat|nagasaki|
    nairobi|nanjing|naples|nassau|naypyidaw|ndjamena|new delhi|new orleans|new york|niamey|nicosia|nouakchott|
    nuku'alofa|nur-sultan|osaka|oslo|ottawa|ouagadougou|palikir|panama city|paramaribo|paris|patna|perth|peshawar|
    philadelphia|phnom penh|phoenix|pittsburgh|podgorica|port louis|port moresby|port of spain|port-au-prince|
    port vila|portland|porto-novo|prague|praia|pretoria|pristina|pyongyang|quebec city|quetta|quito|rabat|
    ramallah|rangoon|rawalpindi|reykjavik|riga|rio de janeiro|riyadh|rome|sacramento|salt lake city|san antonio|
    san diego|san francisco|san jose|san josé|san juan|san salvador|sanaa|santiago|santo domingo|sao paulo|
    são paulo|sapporo|sarajevo|seattle|seoul|shanghai|shenzhen|shillong|singapore|skopje|sofia|srinagar|st. louis|
    stockholm|strasbourg|suva|sydney|taipei|tallinn|tashkent|tbilisi|tegucigalpa|tehran|tel aviv|the hague|
    thimphu|tianjin|tirana|tokyo|toronto|tripoli|tunis|turin|ulaanbaatar|united nations|vaduz|valletta|vancouver|
    vatican city|vienna|vientiane|vilnius|warsaw|washington|wellington|windhoek|winnipeg|wuhan|yangon|yaounde|
    yaoundé|yerevan|yokohama|zagreb|zurich
    """.replace("\n    ", "").split("|")
)

REGIONS = frozenset(
    """
    afghanistan|albania|algeria|angola|argentina|armenia|australia|austria|azerbaijan|bahamas|bahrain|bangladesh|
    belarus|belgium|belize|benin|bhutan|bolivia|bosnia|bosnia and herzegovina|botswana|brazil|britain|bulgaria|
    burkina faso|burundi|cambodia|cameroon|canada|central african republic|chad|chile|china|colombia|congo|
    costa rica|croatia|cuba|cyprus|czech republic|denmark|djibouti|dominican republic|drc|ecuador|egypt|
    el salvador|england|eritrea|estonia|eswatini|ethiopia|fiji|finland|france|gabon|gambia|gaza strip|georgia|
    germany|ghana|greece|guatemala|guinea|guyana|haiti|honduras|hungary|iceland|india|indonesia|iran|iraq|ireland|
    israel|italy|ivory coast|jamaica|japan|jordan|kazakhstan|kenya|kosovo|kuwait|kyrgyzstan|laos|latvia|lebanon|
    lesotho|liberia|libya|liechtenstein|lithuania|madagascar|malawi|malaysia|maldives|mali|malta|mauritania|
    mauritius|mexico|moldova|mongolia|montenegro|morocco|mozambique|myanmar|namibia|nepal|netherlands|new zealand|
    nicaragua|niger|nigeria|north korea|north macedonia|norway|oman|pakistan|palestine|panama|papua new guinea|
    paraguay|peru|philippines|poland|portugal|qatar|romania|russia|rwanda|samoa|saudi arabia|scotland|senegal|
    serbia|seychelles|sierra leone|singapore|slovakia|slovenia|somalia|south africa|south korea|south sudan|spain|
    sri lanka|sudan|suriname|sweden|switzerland|syria|taiwan|tajikistan|tanzania|thailand|timor-leste|togo|tonga|
    trinidad and tobago|tunisia|turkey|turkmenistan|uae|uganda|ukraine|united arab emirates|united kingdom|
    united states|uruguay|uzbekistan|vanuatu|venezuela|vietnam|wales|west bank|yemen|zambia|zimbabwe|ala.|alaska|
    ariz.|ark.|calif.|colo.|conn.|d.c.|del.|fla.|ga.|hawaii|idaho|ill.|ind.|iowa|kan.|ky.|la.|maine|mass.|md.|
    mich.|minn.|miss.|mo.|mont.|n.c.|n.d.|n.h.|n.j.|n.m.|n.y.|neb.|nev.|ohio|okla.|ore.|pa.|r.i.|s.c.|s.d.|tenn.|
    texas|utah|va.|vt.|w.va.|wash.|wis.|wyo.|alabama|arizona|arkansas|california|colorado|connecticut|delaware|
    florida|illinois|indiana|kansas|kentucky|louisiana|maryland|massachusetts|michigan|minnesota|mississippi|
    missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|
    oklahoma|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|vermont|virginia|washington|
    west virginia|wisconsin|wyoming|alberta|b.c.|british columbia|manitoba|n.b.|n.s.|new brunswick|newfoundland|
    nova scotia|ont.|ontario|p.e.i.|quebec|que.|sask.|saskatchewan|yukon
    """.replace("\n    ", "").split("|")
)
