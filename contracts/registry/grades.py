"""The ladders of grades: 1A–5A for registered organisations (社会组织评估管理办法), stars for filed ones."""

GRADES: dict[str, tuple[str, ...]] = {
    "registered": ("1A", "2A", "3A", "4A", "5A"),
    "filed": ("star_1", "star_2", "star_3", "star_4", "star_5"),
}
EVERY_GRADE = (*GRADES["registered"], *GRADES["filed"])
