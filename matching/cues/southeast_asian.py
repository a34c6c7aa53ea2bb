"""Cues of Indonesian and Malay, Vietnamese, and Thai (its entries are pieces of unspaced text)."""

from __future__ import annotations

from typing import Final

from matching.cues.table import Cues

INDONESIAN: Final = Cues(
    for_words="untuk buat utk bagi bwt",
    loose_for_words="buat bagi",
    compatible_before=(
        "kompatibel dengan|kompatibel untuk|cocok untuk|cocok buat|cocok utk|support|pengganti|khusus untuk"
        "|bisa untuk|serasi dengan"
    ),
    compatible_behind="kompatibel compatible",
    audience=(
        "pria wanita anak bayi cowok cewek laki perempuan dewasa lelaki remaja balita kanak budak muslimah"
    ),
    passed_over="dan atau semua baru hp handphone laptop printer kamera tipe seri",
    accessories=(
        "casing case charger baterai kabel adaptor tali holder pelindung tinta kaca softcase sparepart"
        " kesing bateri pengecas sarung tutup karet"
    ),
    comparison_before="seperti|gaya|mirip|ala|model ala|setara|sekelas",
    comparison_behind="style mirip ala look",
    strong_replica=(
        "kw super|kw1|kw 1|replika|tiruan|imitasi|mirror quality|grade ori|kw premium|bajakan"
        "|super kw|barang tiruan|barang palsu|barang imitasi|kw thailand|barang kw|tas kw|sepatu kw"
        "|super mirror|kw ori|ciplak"
    ),
    weak_replica="kw|kwalitas import|mirip ori|non ori|tidak ori|grade original|palsu",
    bundle="paket|borongan|paket grosir",
    joins="dan atau",
    withs="dengan",
    negations="bukan tidak tanpa anti awas",
)

VIETNAMESE: Final = Cues(
    for_words="cho",
    compatible_before=(
        "tương thích với|tương thích|dành cho|dùng cho|phù hợp với|phù hợp cho|thích hợp cho|sử dụng cho"
        "|thay thế cho|thay thế|hỗ trợ"
    ),
    audience="nam nữ bé trẻ mẹ bà ông người em con unisex",
    passed_over="và hoặc các dòng mới máy điện thoại máy tính tai nghe",
    accessories="ốp lưng sạc",
    comparison_before="giống|giống như|kiểu|phong cách|kiểu dáng|tương tự|mẫu giống",
    comparison_behind="style kiểu",
    strong_replica=(
        "hàng giả|hàng nhái|giả mạo|hàng fake|super fake|sfake|rep 1:1|rep 11|replica|hàng f1|like auth"
        "|nhái|đồ giả|đồ nhái|hàng super|rep 1 1|siêu cấp 1 1|bản rep|fake 1|hàng rep"
    ),
    weak_replica="rep|siêu cấp|hàng quảng châu|bản sao|hàng vnxk|chuẩn auth",
    bundle="lô|combo sỉ|sỉ lô",
    joins="và hoặc",
    withs="với",
    negations="không chống tránh chẳng",
)

THAI: Final = Cues(
    for_words="สำหรับ ของรุ่น เพื่อ",
    loose_for_words="เพื่อ",
    compatible_before=("สำหรับ|ใช้กับ|ใช้ได้กับ|ใช้สำหรับ|รองรับ|เข้ากันได้กับ|ใส่กับ|ใส่ได้กับ|ใช้ร่วมกับ|ทดแทน|เทียบเท่า"),
    compatible_behind="เข้ากันได้ ใช้ได้",
    audience=("ผู้ชาย ผู้หญิง เด็ก ทารก ชาย หญิง คุณผู้หญิง คุณผู้ชาย สุภาพสตรี สุภาพบุรุษ เด็กผู้ชาย เด็กผู้หญิง"),
    passed_over="และ หรือ รุ่น ใหม่ ทุกรุ่น มือถือ โทรศัพท์ เครื่อง โน๊ตบุ๊ค",
    accessories=(
        "เคส เคสโทรศัพท์ ฟิล์ม ฟิล์มกระจก สายชาร์จ ที่ชาร์จ หัวชาร์จ แบตเตอรี่ แบต อะแดปเตอร์ สายนาฬิกา"
        " ซองกันน้ำ หมึก ตลับหมึก สายรัด ที่วาง ขาตั้ง ปลอก ซิลิโคน อะไหล่ ไส้กรอง"
    ),
    comparison_before="คล้าย|คล้ายกับ|เหมือน|เหมือนกับ|สไตล์|แนว|ทรง",
    comparison_behind="สไตล์ ลุค",
    strong_replica=(
        "ของก๊อป|ของก็อป|ก๊อป|ก็อป|งานก๊อป|ก๊อปเกรดเอ|มิลเลอร์|งานมิลเลอร์|เกรดมิลเลอร์|งานเทียบแท้"
        "|เทียบแท้"
        "|เทียบเท่าแท้|ของปลอม|ปลอม|ของเลียนแบบ|เลียนแบบ|งานเทียบ"
    ),
    weak_replica="ไฮเอนด์|เกรดพรีเมี่ยม|งานเกรดเอ|เหมือนแท้|งานดี",
    bundle="ยกลัง|ขายส่ง|เหมาลัง|ยกโหล",
    joins="และ หรือ",
    withs="กับ",
    negations="ไม่ใช่ ไม่ ระวัง ห้าม ไม่มี",
    other_things="ขนตา เล็บ ดอกไม้ ฟัน ขน",
    not_cues="แทนที่ ชายหาด ปลอมตัว ขนาด ขนตาปลอม เล็บปลอม ดอกไม้ปลอม ต้นไม้ปลอม ฟันปลอม ผมปลอม",
)
