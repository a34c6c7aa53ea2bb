"""Goods of the classes in which imitations abound: jewelry and watches, bags, clothes and shoes."""

from __future__ import annotations

from typing import Final

FASHION_GOODS: Final[dict[int, str]] = {
    14: (
        "watch watches ring rings necklace necklaces bracelet bracelets earring earrings jewelry"
        " jewellery uhr uhren schmuck montre montres bague collier reloj relojes anillo orologio"
        " orologi anello horloge zegarek saat jam chronograph pendant часы кольцо браслет ожерелье"
        " серьги кулон yüzük kolye bileklik küpe سوار خاتم ساعة ساعات قلادة أقراط cincin gelang kalung"
        " anting นาฬิกา แหวน สร้อย กำไล ต่างหู 手表 手錶 腕表 戒指 项链 項鍊 手镯 手链 耳环 耳環 腕時計"
        " 指輪 ネックレス ブレスレット ピアス"
        " 시계 손목시계 반지 목걸이 팔찌 귀걸이"
    ),
    18: (
        "bag bags handbag handbags wallet wallets purse purses backpack backpacks tote clutch"
        " crossbody belt belts tasche handtasche rucksack sac sacs portefeuille bolso bolsa bolsos"
        " mochila cartera borsa borse zaino tas torebka plecak portfel çanta cüzdan dompet luggage"
        " сумка сумки рюкзак кошелек клатч ремень sırt kemer bavul حقيبة حقائب محفظة شنطة ransel ikat"
        " balo ví túi กระเป๋า กระเป๋าสตางค์ เข็มขัด 包 包包 手提包 钱包 錢包 皮带 皮帶 背包 手袋 双肩包"
        " バッグ 財布 リュック ベルト"
        " ハンドバッグ トートバッグ 가방 지갑 벨트 백팩 핸드백 크로스백"
    ),
    25: (
        "shoe shoes sneaker sneakers trainers boots boot hoodie hoodies shirt shirts tshirt tee tees"
        " jacket jackets coat jeans pants trousers shorts joggers tracksuit sweater sweatshirt cap"
        " caps hat hats beanie socks slides sandals dress polo vest cardigan schuhe turnschuhe jacke"
        " hose kleid chaussures baskets veste zapatillas zapatos camiseta chaqueta scarpe giacca"
        " maglia felpa schoenen jas buty kurtka bluza ayakkabı sepatu kaos jaket tênis camisa roupa"
        " кроссовки обувь футболка куртка джинсы толстовка кепка ботинки платье худи спортивка tişört"
        " mont pantolon elbise çorap şapka kazak حذاء أحذية قميص جاكيت فستان بنطلون تيشيرت هودي جزمة"
        " celana baju topi sandal giày dép áo quần mũ váy รองเท้า เสื้อ กางเกง หมวก เสื้อยืด"
        " รองเท้าผ้าใบ 鞋 鞋子 运动鞋 運動鞋 球鞋 板鞋 T恤 卫衣 外套 牛仔裤 帽子 裙子 衣服 羽绒服"
        " スニーカー 靴 シューズ Tシャツ パーカー ジャケット 신발"
        " 운동화 스니커즈 티셔츠 후드티 자켓 청바지 모자 맨투맨"
    ),
}
