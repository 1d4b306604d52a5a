"""The rules of time and money, and what a district starts with. Pure."""

from __future__ import annotations

from services.projects.flags import rules_money, rules_photos, rules_time
from services.projects.flags.rule import Rule

_AHEAD = {"ahead_points": (30, 1, 100), "min_percent": (50, 0, 100)}
_SHARE = {"count": (5, 2, 1000), "percent": (60, 1, 100)}
PROJECT_RULES = (
    Rule(
        "milestone_late",
        "time",
        "warning",
        {"days": (7, 0, 365)},
        rules_time.milestone_late,
        "里程碑逾期超过规定天数仍未提交",
        "A milestone is not submitted some days after it was due",
        "第 {number} 个里程碑应于 {due_on} 完成，已逾期 {late} 天（上限 {days} 天）",
        "Milestone {number} was due on {due_on} and is {late} days late (limit {days})",
    ),
    Rule(
        "report_late",
        "time",
        "warning",
        {"every_days": (92, 7, 400), "grace_days": (14, 0, 180)},
        rules_time.report_late,
        "未按期提交报告",
        "A report is overdue",
        "自 {since} 起已有 {gone} 天没有提交报告（每 {every_days} 天一次，宽限 {grace_days} 天）",
        "No report for {gone} days since {since} (one each {every_days} days, {grace_days} days of grace)",
    ),
    Rule(
        "idle",
        "time",
        "warning",
        {"days": (45, 7, 400)},
        rules_time.idle,
        "长期没有活动、支出、报告或佐证",
        "Nothing was recorded for a long time: no activity, spending, report or evidence",
        "自 {since} 起已有 {gone} 天没有任何记录（上限 {days} 天）",
        "Nothing was recorded for {gone} days since {since} (limit {days})",
    ),
    Rule(
        "spent_ahead",
        "money",
        "warning",
        _AHEAD,
        rules_money.spent_ahead,
        "支出进度明显快于时间进度",
        "Spending is far ahead of time",
        "已支出 {spent_yuan} 元，占资助额 {of_yuan} 元的 {percent}%，"
        "时间进度为 {elapsed}%（上限快 {ahead_points} 个百分点）",
        "{spent_yuan} of {of_yuan} yuan are spent ({percent}%) after {elapsed}% of the time "
        "(limit: {ahead_points} ahead)",
    ),
    Rule(
        "line_spent_ahead",
        "money",
        "info",
        {"ahead_points": (40, 1, 100), "min_percent": (60, 0, 100)},
        rules_money.line_spent_ahead,
        "某项预算的支出进度明显快于时间进度",
        "Spending of a budget line is far ahead of time",
        "“{line}”已支出 {spent_yuan} 元，占该项 {of_yuan} 元的 {percent}%，"
        "时间进度为 {elapsed}%（上限快 {ahead_points} 个百分点）",
        "Of the line, {spent_yuan} of {of_yuan} yuan are spent ({percent}%) after {elapsed}% of the time "
        "(limit: {ahead_points} ahead)",
    ),
    Rule(
        "burning",
        "money",
        "warning",
        {"days": (30, 7, 180), "percent": (20, 0, 500)},
        rules_money.burning,
        "按近期支出速度推算将超出资助额",
        "At the recent pace the award would not be enough",
        "近 {days} 天支出 {recent_yuan} 元，照此速度到期将达 {projected_yuan} 元，"
        "超出资助额 {award_yuan} 元 {percent}% 以上",
        "{recent_yuan} yuan in the last {days} days; at that pace {projected_yuan} yuan by the end, over the award of "
        "{award_yuan} yuan by more than {percent}%",
    ),
    Rule(
        "underspent",
        "money",
        "info",
        {"elapsed_percent": (80, 1, 100), "spent_percent": (50, 1, 100)},
        rules_money.underspent,
        "临近结束而支出偏低",
        "Little is spent although the end is near",
        "时间已过 {elapsed}%，资助额 {award_yuan} 元仅支出 {spent_yuan} 元（{percent}%，应不低于 {spent_percent}%）",
        "{elapsed}% of the time is over and {spent_yuan} of {award_yuan} yuan are spent ({percent}%, expected "
        "{spent_percent}%)",
    ),
    Rule(
        "spending_outside",
        "money",
        "warning",
        {"days": (0, 0, 180)},
        rules_money.spending_outside,
        "支出日期在项目期间之外",
        "A spending is dated outside the project",
        "一笔 {amount_yuan} 元的支出日期为 {spent_on}，不在项目期间内（允许前后 {days} 天）",
        "A spending of {amount_yuan} yuan is dated {spent_on}, outside the project (allowing {days} days)",
    ),
    Rule(
        "round_amounts",
        "money",
        "info",
        {"yuan": (1000, 10, 100_000), **_SHARE},
        rules_money.round_amounts,
        "整数金额的支出偏多",
        "Many spendings are round amounts",
        "{whole} 笔支出中有 {some} 笔为 {yuan} 元的整数倍（上限 {percent}%）",
        "{some} of {whole} spendings are multiples of {yuan} yuan (limit {percent}%)",
    ),
    Rule(
        "rest_day_burst",
        "money",
        "info",
        _SHARE,
        rules_money.rest_day_burst,
        "支出集中在周末或节假日",
        "Many spendings are dated on weekends or holidays",
        "{whole} 笔支出中有 {some} 笔日期为周末或节假日（上限 {percent}%）",
        "{some} of {whole} spendings are dated on weekends or public holidays (limit {percent}%)",
    ),
    Rule(
        "invoice_repeated",
        "money",
        "serious",
        {},
        rules_money.invoice_repeated,
        "同一发票号码重复报账",
        "An invoice number is recorded twice",
        "发票号码 {invoice} 此前已出现 {times} 次，其中日期与金额也相同的 {exact} 次",
        "Invoice {invoice} was recorded {times} times before, {exact} of them with the same date and amount",
    ),
    Rule(
        "receipt_similar",
        "money",
        "serious",
        {"bits": (5, 0, 10)},
        rules_photos.receipt_similar,
        "票据照片与此前的票据照片高度相似",
        "The picture of a receipt looks like that of an earlier one",
        "票据照片与此前 {elsewhere} 张票据照片高度相似（64 位中最少相差 {nearest} 位，上限 {bits} 位）",
        "The picture of a receipt looks like {elsewhere} earlier ones (differs in {nearest} of 64 bits, limit {bits})",
    ),
)
