"""The ledger of help (H7): what was done for whom, masked, and what is still to be done."""
