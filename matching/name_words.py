"""The words of trade: what they mean, and how little they tell of who is behind a name.

Composed for this project; a table an operator can read and extend.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(written: str) -> frozenset[str]:
    return frozenset(written.split())


def _meanings(written: str) -> Mapping[str, str]:
    pairs = (entry.partition(":") for entry in written.split(";") if entry.strip())
    return {variant: " ".join(meant.split()) for meant, _, variants in pairs for variant in variants.split()}


# Words of trade and places that stand unspaced in Chinese and Japanese names. Without this table a Chinese
# name and the English one on the same sender's parcel share nothing: 贸易 would read "maoyi", not "trading".
HAN_WORDS = _meanings("""
    import export: 进出口 進出口;
    e commerce: 电子商务 電子商務;
    international: 国际 國際;
    trading: 贸易 貿易 商贸 商貿;
    technology: 科技 技术 技術;
    electronics: 电子 電子;
    industrial: 实业 實業 工业 工業;
    garment: 服饰 服飾 服装 服裝;
    shoes: 鞋业 鞋業;
    leather: 皮具;
    bags: 箱包;
    jewelry: 珠宝 珠寶;
    watch: 钟表 鐘錶;
    cosmetics: 化妆品 化妝品;
    toys: 玩具;
    logistics: 物流;
    freight: 货运 貨運;
    supply chain: 供应链 供應鏈;
    group: 集团 集團;
    manufacturing: 制造 製造;
    factory: 工厂 工廠;
    province: 省;
    city: 市;
    district: 区 區;
    town: 镇 鎮;
    street: 街道 街;
    avenue: 大道;
    road: 路;
    no: 号 號;
    building: 楼 樓 栋 棟;
    room: 室;
    floor: 层 層;
    china: 中国 中國;
    hong kong: 香港;
    macau: 澳门;
    taiwan: 台湾;
    beijing: 北京;
    shanghai: 上海;
    shenzhen: 深圳;
    guangzhou: 广州 廣州;
    dongguan: 东莞 東莞;
    guangdong: 广东 廣東;
    yiwu: 义乌 義烏;
    zhejiang: 浙江;
    fujian: 福建;
    putian: 莆田;
    quanzhou: 泉州;
    xiamen: 厦门 廈門;
    hangzhou: 杭州;
    ningbo: 宁波 寧波;
    foshan: 佛山;
""")
# Abbreviations and spellings of one word.
MEANT = _meanings("""
    international: intl int intnl;
    technology: tech technological;
    manufacturing: mfg mfr manufacture manufacturer;
    import: imp imports;
    export: exp exports;
    import export: impex;
    trading: trade traders trdg;
    group: grp;
    commercial: comm;
    services: svc svcs srvcs srvces service;
    electronics: electronic elec;
    brothers: bros;
    enterprises: ent enterprise;
    industrial: ind inds industry;
    department: dept;
    association: assn;
    national: natl;
    garment: garments;
    jewelry: jewellery;
    and: und et y e u;
    ibn: bin ben bint ebn bing;
    abdul: abd abdal abdel abdoul;
    al: el ul;
    1: one;
    first: 1st;
    second: 2nd;
    third: 3rd;
    2: two ii;
    3: three iii;
    4: four iv;
    5: five;
    6: six vi;
    7: seven vii;
    8: eight viii;
    9: nine ix;
    10: ten;
""")
HONORIFICS = _table("""
    dr frau haji hajji herr madam messrs miss mme monsieur mr mrs ms mullah mv president prof shaikh
    shaykh sheikh sir
""")
LINKING = _table("al and da das de del den der des di die du for ibn la las le les los of the van von")
# So common in names of traders that sharing one says next to nothing of who is behind them.
GENERIC = _table("""
    accessories advanced africa america american apparel art asia asian associates audio auto automation
    baby bags bank bazaar beauty beijing best black blue boutique brothers business capital care cargo
    central chain chemical china chinese city clothing collection commerce commercial communication
    company component computer computing concept construction consulting control cosmetics courier
    creative data deals delivery department design development device digital direct district dongguan
    dragon dubai dynamics east ecommerce electric electrical electro electronic electronics energy
    engineering enterprises equipment estate eu europe european export express factory family fashion
    first flagship food foods footwear forwarding foshan freight fujian fund garden garment general
    gifts global gold golden great green group guangdong guangzhou hangzhou happy hardware health hk
    holding holdings home hong hongkong house import india indian industrial information innovation
    instrument insurance intelligent international internet investment istanbul jewelry jiangsu kids
    king kitchen kong lab laboratory labs leather life light logistics lucky macau machinery mall
    management manufacturing market marketing material materials measurement media medical micro mobile
    national network new ningbo north office official online optical outdoor outlet pacific partners
    parts pet pharma pharmaceutical phone power precision prime products province putian quanzhou queen
    real red research retail robotics royal sale sales science scientific security semiconductor sensor
    sensors services shandong shanghai shenzhen shipping shoes shop signal smart software solutions sons
    south sport sports standard star store studio style super supplier suppliers supplies supply systems
    taiwan technic technical technology telecom telecommunication textile textiles tool tools top town
    toys trading transport trust turkey uae uk united universal us usa video warehouse watch watches
    west white wholesale wireless world worldwide xiamen yiwu zhejiang
""")
# Parts that millions of people carry: they tell more than "trading", less than a rare surname.
COMMON_PARTS = _table("""
    abd abdul abdullah ahmad ahmed ali ana anna brown chen daniel david gao garcia gonzalez guo hassan he hu
    huang hussain hussein ibrahim ivanov ivanova james john johnson jones jose juan khan kim kumar lee li
    lin liu lopez luo ma maria martinez michael mohamed mohammad mohammed muhammad nguyen omar patel paul
    peter pham robert santos sharma silva singh smith sun thomas tran wang williams wu xu yang zhang zhao
    zhou zhu
""")
