"""Goods by the words of their category, as classes of the Nice agreement; our own words, in many languages.

A guess, softly weighed: a category names goods more surely than a title, and several classes may fit.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from matching.normalization import canonical_text
from matching.words import Cutter, running_parts, spelled, split_words

MOST_CLASSES: Final = 3
WORDS: Final[dict[int, str]] = {
    3: (
        "cosmetics cosmetic makeup make-up beauty perfume perfumes fragrance fragrances skincare shampoo soap"
        " lipstick mascara lotion deodorant nagellack kosmetik parfüm duft schönheit hautpflege maquillage"
        " cosmétique beauté parfum savon maquillaje cosmética belleza perfume jabón cosmético beleza"
        " cosmetici"
        " profumo profumi bellezza trucco kosmetyki perfumy uroda kozmetik parfüm kecantikan parfum kosmetik"
        " косметика парфюмерия духи красота мыло 化妆品 香水 护肤 美妆 化粧品 コスメ 화장품 향수"
        " عطور مكياج تجميل เครื่องสำอาง น้ำหอม"
    ),
    5: (
        "medicine medicines pharmacy vitamins vitamin supplements supplement medikamente apotheke"
        " nahrungsergänzung"
        " médicaments pharmacie vitamines medicamentos farmacia suplementos farmaci integratori leki"
        " suplementy ilaç"
        " takviye obat suplemen лекарства витамины 药品 保健品 サプリメント 영양제 أدوية مكملات อาหารเสริม ยา"
    ),
    7: (
        "machine machines vacuum blender engine drill washer dishwasher waschmaschine staubsauger"
        " bohrmaschine"
        " aspirateur lave-linge lavadora aspiradora lavatrice aspirapolvere pralka odkurzacz süpürge"
        " mesin пылесос"
        " 吸尘器 洗衣机 掃除機 청소기"
    ),
    8: (
        "knife knives cutlery razor razors messer besteck couteau couteaux cuchillo cuchillos"
        " coltello noże bıçak pisau ножи 刀具"
    ),
    9: (
        "electronics electronic phone phones smartphone smartphones mobile cellphone computer computers"
        " laptop laptops"
        " notebook notebooks tablet tablets camera cameras headphone headphones earphone earbuds audio"
        " video software"
        " tv television televisions televisi fernsehen televisores телевизоры テレビ 电视 monitor"
        " printer printers charger chargers cable cables battery"
        " batteries gps"
        " sunglasses eyewear glasses elektronik handy handys kopfhörer fernseher kamera drucker sonnenbrille"
        " électronique téléphone téléphones ordinateur ordinateurs écouteurs casque lunettes"
        " electrónica teléfono"
        " móviles celular celulares ordenador computadora auriculares gafas eletrônicos computador"
        " fones óculos"
        " elettronica telefono telefoni cuffie occhiali elektronika telefon telefony komputery"
        " słuchawki okulary"
        " elektronik telefon bilgisayar kulaklık gözlük elektronik ponsel komputer kacamata электроника"
        " телефон"
        " телефоны компьютеры наушники очки 手机 电脑 数码 耳机 相机 眼镜 スマホ 家電 パソコン イヤホン"
        " 전자 휴대폰 노트북"
        " هواتف إلكترونيات نظارات โทรศัพท์ อิเล็กทรอนิกส์"
    ),
    11: (
        "lamp lamps lighting light oven ovens refrigerator fridge heater kettle faucet leuchte leuchten"
        " beleuchtung"
        " kühlschrank backofen lampe luminaire éclairage réfrigérateur lámpara iluminación nevera"
        " lampada illuminazione"
        " lampy oświetlenie lodówka aydınlatma buzdolabı lampu kulkas освещение холодильник 灯具 冰箱"
        " 照明 조명"
    ),
    12: (
        "car cars vehicle vehicles automotive bicycle bicycles bike bikes motorcycle motorcycles tyre"
        " tyres tire tires"
        " auto autos fahrzeug fahrrad motorrad reifen autoteile voiture voitures vélo moto pneus coche"
        " coches bicicleta"
        " neumáticos carro carros automotivo pneu bici pneumatici samochód rower opony araba bisiklet"
        " lastik mobil sepeda"
        " автомобиль авто велосипед шины 汽车 自行车 轮胎 自動車 バイク 자동차 자전거 سيارات รถยนต์"
    ),
    14: (
        "watch watches jewelry jewellery ring rings necklace bracelet earrings uhr uhren schmuck montre"
        " montres bijoux"
        " reloj relojes joyería joyas relógio relógios joias orologio orologi gioielli zegarki"
        " biżuteria saat takı"
        " jam perhiasan часы украшения 手表 珠宝 首饰 饰品 腕時計 ジュエリー アクセサリー 시계 주얼리"
        " ساعات مجوهرات นาฬิกา"
    ),
    16: (
        "book books stationery paper pen pens magazine bücher buch schreibwaren livre livres papeterie"
        " libro libros"
        " papelería livros papelaria libri cartoleria książki kitap kırtasiye buku книги канцтовары"
        " 图书 文具 本 書籍 도서"
        " 문구 كتب หนังสือ"
    ),
    18: (
        "bag bags handbag handbags wallet wallets luggage backpack backpacks purse purses tasche"
        " taschen rucksack koffer"
        " geldbörse sac sacs maroquinerie bagages bolso bolsos mochila mochilas maletas bolsa bolsas"
        " carteira borsa borse"
        " valigie portafogli torby torebki plecaki walizki çanta cüzdan bavul tas dompet koper сумки"
        " рюкзаки чемоданы"
        " 箱包 背包 钱包 女包 バッグ 財布 가방 지갑 حقائب กระเป๋า"
    ),
    20: (
        "furniture chair chairs table tables sofa bed mattress möbel stuhl tisch matratze meubles"
        " chaise muebles silla"
        " móveis cadeira mobili sedia meble krzesła mobilya sandalye perabot мебель 家具 가구 أثاث"
        " เฟอร์นิเจอร์"
    ),
    21: (
        "kitchenware cookware tableware mug mugs bottle bottles küche geschirr cuisine vaisselle cocina"
        " vajilla cozinha"
        " cucina stoviglie kuchnia naczynia mutfak dapur посуда кухня 厨具 餐具 食器 주방 مطبخ เครื่องครัว"
    ),
    24: (
        "bedding towel towels curtain curtains bettwäsche handtücher linge serviettes toallas pościel"
        " ręczniki nevresim havlu sprei постельное 床上用品 寝具 침구"
    ),
    25: (
        "clothing clothes apparel fashion shoe shoes footwear sneaker sneakers boots shirt shirts dress"
        " dresses jacket"
        " jackets jeans pants trousers hoodie hoodies socks hats caps underwear swimwear lingerie"
        " sportswear bekleidung"
        " kleidung schuhe mode jacken hosen kleider vêtements chaussures ropa calzado zapatos"
        " zapatillas camisetas roupas"
        " calçados sapatos tênis camisetas abbigliamento scarpe odzież buty ubrania giyim ayakkabı"
        " elbise pakaian baju"
        " sepatu одежда обувь кроссовки футболки 服装 女装 男装 鞋 童装 服饰 ファッション 靴 衣類 의류"
        " 신발 패션 ملابس أحذية"
        " เสื้อผ้า รองเท้า giày"
    ),
    28: (
        "toy toys game games puzzle puzzles sport sports fitness golf doll dolls spielzeug spiele"
        " spielwaren jouet jouets"
        " jeux juguete juguetes juegos brinquedos jogos giocattoli giochi zabawki gry oyuncak mainan"
        " игрушки игры 玩具"
        " 体育用品 おもちゃ ホビー 장난감 완구 ألعاب ของเล่น"
    ),
    30: (
        "coffee tea chocolate grocery candy bakery kaffee tee schokolade süßwaren lebensmittel café thé"
        " chocolat épicerie"
        " chocolate comestibles mercearia caffè cioccolato kawa herbata kahve çay kopi teh кофе чай"
        " шоколад 咖啡 茶 食品"
        " コーヒー お茶 커피 قهوة กาแฟ"
    ),
    32: (
        "beer juice water soda beverages bier saft getränke bière jus boissons cerveza zumo bebidas"
        " suco birra bevande piwo napoje meşrubat minuman пиво напитки 饮料 飲料 음료 مشروبات"
        " เครื่องดื่ม"
    ),
    33: (
        "wine wines whisky whiskey vodka spirits wein spirituosen vin vins spiritueux vino vinos"
        " licores vinho vinhos vini liquori wino şarap вино водка 葡萄酒 白酒 ワイン 와인 ไวน์"
    ),
    34: (
        "tobacco cigarette cigarettes vape cigar tabak zigaretten tabac tabaco cigarrillos tabacco"
        " tytoń tütün rokok табак 烟草 たばこ 담배 تبغ ยาสูบ"
    ),
}  # fmt: skip
"""Class -> words of categories, in lower case."""
RELATED: Final[tuple[frozenset[int], ...]] = (
    frozenset({14, 18, 25}),
    frozenset({3, 5}),
    frozenset({7, 11, 21}),
    frozenset({20, 24}),
    frozenset({29, 30, 32, 33}),
    frozenset({9, 28}),
)
"""Classes whose goods are sold side by side, often under one mark. Class 35 is related to none."""


def _table() -> tuple[dict[str, frozenset[int]], Cutter]:
    classes: dict[str, set[int]] = {}
    for number, words in WORDS.items():
        for word in words.split():
            for form in {spelled(word), canonical_text(word)} - {""}:
                classes.setdefault(form, set()).add(number)
    cutter = Cutter(part for word in classes for part in running_parts(word))
    return {word: frozenset(numbers) for word, numbers in classes.items()}, cutter


CLASSES, CUTTER = _table()


@lru_cache(maxsize=4096)
def classes_of_category(category: str) -> frozenset[int]:
    """The Nice classes that a category's words speak for: at most three, the most often named first."""
    votes: dict[int, float] = {}
    for word in split_words(category, CUTTER):
        numbers = CLASSES.get(word) or CLASSES.get(canonical_text(word), frozenset())
        for number in numbers:
            votes[number] = votes.get(number, 0.0) + 1 / len(numbers)
    ordered = sorted(votes, key=lambda number: (-votes[number], number))
    return frozenset(ordered[:MOST_CLASSES])


def are_related(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether goods of some classes are sold beside goods of others."""
    return bool(one & other) or any(one & group and other & group for group in RELATED)
