"""What must hold in every table: declared in `invariants.yaml`, judged on training, the table and the log alike."""
