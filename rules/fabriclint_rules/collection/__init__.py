"""Getting the data into the Region: file shares, VPN, DataSync."""
