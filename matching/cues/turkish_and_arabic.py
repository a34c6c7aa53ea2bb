"""Cues of Turkish and Arabic. Arabic joins its "for" to the word that follows: those words are listed."""

from __future__ import annotations

from typing import Final

from matching.cues.table import Cues

TURKISH: Final = Cues(
    compatible_before="uyumlu",
    compatible_behind="uyumlu için icin uyumludur uygun muadil muadili uyar",
    audience=(
        "erkek kadın çocuk bebek kız erkekler kadınlar çocuklar bay bayan genç unisex erkekler"
        " kadınlar çocuklar"
    ),
    passed_over="ve veya ile tüm yeni telefon tablet yazıcı",
    accessories=(
        "kılıf kılıfı kapak kapağı şarj batarya bataryası kablo kablosu adaptör adaptörü kordon kordonu"
        " tutucu"
        " cam camı kartuş kartuşu toner toneri aleti cihazı yedek parça filtre koruyucu"
    ),
    comparison_before="benzeri|tarzı",
    comparison_behind="tarzı benzeri benzer tarz stili stil gibi görünümlü esintili alternatifi",
    strong_replica=(
        "replika|replikası|replikalar|çakma|çakması|imitasyon|imitasyonu|taklit|taklidi|taklitleri|sahte"
        "|sahtesi|süper kopya|birebir kopya|ayna kalite|birebir ayna"
        "|orijinal değil"
    ),
    weak_replica="kopya|kopyası|a kalite|a+ kalite|birebir|1. kalite|ithal kalite",
    bundle="toplu|karışık lot|toptan lot",
    joins="ve veya",
    withs="ile",
    other_things="deri kürk takı çiçek forma kirpik diş",
    negations="değil",
)

ARABIC: Final = Cues(
    for_words=(
        "ل لـ لأجل لهاتف لهواتف لجوال لموبايل لجهاز لأجهزة لساعة لسماعة لسماعات لطابعة لطابعات لكاميرا"
        " لكاميرات لسيارة لسيارات لتابلت للهاتف لحاسوب لابتوب لايفون لآيفون لسامسونج"
    ),
    compatible_before=(
        "متوافق مع|متوافقة مع|متوافقه مع|يتوافق مع|تتوافق مع|متوافق|مناسب ل|مناسب لـ|مناسبة ل|مناسب مع"
        "|بديل ل|بديل لـ|بديل عن|خاص ب|مخصص ل|مصمم ل|يدعم|يعمل مع"
    ),
    compatible_behind="متوافق متوافقة متوافقه",
    audience=(
        "رجال رجالي رجالية نساء نسائي نسائية أطفال بناتي ولادي للرجال للنساء للأطفال للبنات للأولاد للرضع"
        " حريمي شبابي للجنسين"
    ),
    passed_over="و أو جديد جديدة جميع هاتف جوال موبايل جهاز ساعة أجهزة هواتف طابعة كاميرا",
    accessories=(
        "جراب كفر غطاء حافظة شاحن بطارية كابل كيبل محول واقي شاشة حامل حزام سوار حبر خرطوشة سماعة لاصقة"
        " قلم غلاف اكسسوار قطعة غيار فلتر"
    ),
    comparison_before="مثل|يشبه|تشبه|شبيه|شبيهة|على طراز|ستايل|على شكل|بديل",
    comparison_behind="ستايل",
    strong_replica=(
        "تقليد|مقلد|مقلدة|مقلده|طبق الأصل|نسخة طبق الأصل|هاي كوبي|هاي كوالتي كوبي|مزيف|مزيفة|المزيف"
        "|المقلد|المقلدة|مزور|مزورة|ريبلكا|مستنسخ"
        "|مستنسخة|ريبليكا|مضروب|ميرور كوبي|سوبر كوبي"
    ),
    weak_replica="كوبي|نسخة|درجة أولى|ماستر كواليتي|مستوحى|ميرور|فرست كوبي",
    bundle="بالجملة|جملة مشكلة|لوت",
    joins="و أو",
    withs="مع",
    negations="ليس ليست غير لا بدون احذر احذروا ضد مش",
)
