"""Error codes of sheets that go in and out: of the whole file first, of one row or cell after."""

from __future__ import annotations

from chassis.codes import Code


class SheetCode(Code):
    """Why a file is refused, and why a row of it is."""

    FILE_NOT_FOUND = "import_file_not_found", "没有这个文件，请先上传", "No such file; upload it first"
    FORMAT_UNSUPPORTED = (
        "import_format_unsupported",
        "只接受 XLSX 或 CSV 文件（旧版 .xls 请另存为 .xlsx）",
        "Only XLSX and CSV files are accepted (save an old .xls as .xlsx)",
    )
    FILE_TOO_LARGE = "import_file_too_large", "导入文件过大", "The file is too large to be imported"
    FILE_BROKEN = "import_file_broken", "文件损坏，无法读取", "The file is damaged and cannot be read"
    FILE_ENCRYPTED = (
        "import_file_encrypted",
        "文件已加密，请去除密码后再导入",
        "The file is encrypted; remove its password",
    )
    FILE_ACTIVE = (
        "import_file_active_content",
        "文件含宏、嵌入对象或外部链接，不予导入",
        "The file has macros, embedded objects or external links and is not imported",
    )
    FILE_BOMB = (
        "import_file_bomb",
        "文件解压后过大或压缩比异常，疑似压缩炸弹",
        "The file unpacks to too much or is packed too densely: a possible zip bomb",
    )
    ENCODING_UNSUPPORTED = (
        "import_encoding_unsupported",
        "编码无法识别，请存为 UTF-8 或 GB18030（GBK）",
        "The encoding is neither UTF-8 nor GB18030 (GBK)",
    )
    ROWS_TOO_MANY = "import_rows_too_many", "行数超过上限，请拆分文件", "Too many rows; split the file"
    COLUMNS_TOO_MANY = "import_columns_too_many", "列数超过上限", "Too many columns"
    EMPTY = "import_empty", "文件中没有数据行", "The file has no row of data"
    HEADING_UNKNOWN = "import_heading_unknown", "有无法识别的表头", "A heading is not known"
    HEADING_MISSING = "import_heading_missing", "缺少必需的列", "A required column is missing"
    HEADING_REPEATED = "import_heading_repeated", "同一列出现多次", "A column is there more than once"
    CELL_FORMULA = (
        "import_cell_formula",
        "单元格是公式，或以 = + - @、制表符、回车开头，不予导入",
        "The cell is a formula, or begins with = + - @, a tab or a carriage return",
    )
    VALUE_MASKED = (
        "import_value_masked",
        "这是脱敏后的内容，请填写原文",
        "This is a masked value; give the real one",
    )
    VALUE_INVALID = "import_value_invalid", "内容不符合要求", "The value is not valid"
    VALUE_UNKNOWN = "import_value_unknown", "不是可选的内容", "The value is none of those allowed"
    EXPORT_TOO_MANY = "export_rows_too_many", "结果超过导出上限，请加筛选条件", "Too many rows to export; add a filter"
