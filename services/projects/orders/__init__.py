"""Service orders (点单 制单 派单 接单 评单): requested, offered, freely accepted, delivered, confirmed, rated."""
