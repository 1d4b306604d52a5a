"""Planning a review: which judges score what, and which pitch is when, where and before whom."""
