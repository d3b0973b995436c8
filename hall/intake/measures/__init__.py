"""What is measured of cases: promised and actual days, papers, visits (I11)."""
