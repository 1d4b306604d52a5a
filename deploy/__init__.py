"""Running Footprint: the local district, the pilot, images and compose."""
