"""Tests of proxy/store/postgres/delivery: what several proxies do at once, and answers that are lost."""
