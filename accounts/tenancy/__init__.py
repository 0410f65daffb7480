"""Row scoping: one transaction, one organization. `binding.bind` is the only way in."""
