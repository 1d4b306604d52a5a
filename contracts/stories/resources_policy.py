"""Of the district's numbers for offers and needs."""

TEXTS = {"resources_policy_changed": "修改了资源对接参数"}
