"""When the cars of the demo dealership were sold, and what expires when."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from .part import Part
from .plan import NEW, SPAN

WARRANTY_YEARS, WARRANTY_KM = 3, 100_000  # 三年或十万公里
FIRST_MONTHS = 6  # until the first maintenance of a new car
FIRST_READING = (60, 1800)  # how many days ago a new car showed how many km
ELSEWHERE = 4  # one of so many cars was bought from somebody else


class CarDates(Part):
    """Dates the cars of a ``History``."""

    def date(self):
        """Give the cars their sale, warranty, insurance and inspection."""
        new = {self.history.second_cars[n].id: n for n in NEW}
        for n, car in enumerate(self.history.cars):
            bought = self.today - timedelta(days=SPAN + 40 + n * 389 % 1900)
            if car.id in new:
                bought = self._get_new_sale(new[car.id])
            sold_here = car.id in new or n % ELSEWHERE
            car.write(
                {
                    "acquisition_date": bought,
                    "model_year": str(bought.year),
                    "aftersales_sale_date": sold_here and bought,
                    "aftersales_warranty_date": self._get_warranty(bought, n),
                    "aftersales_warranty_km": WARRANTY_KM,
                    "aftersales_insurance_date": n % 5 != 4
                    and self._get_expiry(bought, 1, n % 26 == 3 and 14 + n % 12),
                    "aftersales_inspection_date": n % 4 != 1
                    and self._get_expiry(bought, 2, n % 27 == 5 and 14 + n % 9),
                }
            )
        days, km = FIRST_READING
        self.env["fleet.vehicle.odometer"].create(
            [
                {
                    "vehicle_id": car_id,
                    "date": self.today - timedelta(days=days),
                    "value": km,
                }
                for car_id in new
            ]
        )

    def _get_new_sale(self, n):
        """Return when a car was sold that is due for its first maintenance soon."""
        due = self.today + timedelta(days=8 + n % 2)
        return due - relativedelta(months=FIRST_MONTHS)

    def _get_warranty(self, bought, n):
        """Return until when a car has a warranty.

        What ends soon ends in six weeks: then it is to be called about now.
        """
        until = bought + relativedelta(years=WARRANTY_YEARS)
        soon = timedelta() <= until - self.today < timedelta(days=60)
        return self.today + timedelta(days=40 + n % 8) if soon else until

    def _get_expiry(self, bought, years, days):
        """Return when something expires: in ``days`` if it is to be called about now.

        Few are; the others come round every year, some time later.

        :param int years: after which it expires for the first time
        """
        if days:
            return self.today + timedelta(days=days)
        expiry = bought + relativedelta(years=years)
        while expiry < self.today + timedelta(days=45):
            expiry += relativedelta(years=1)
        return expiry

    def get_odometer(self, car, days):
        """Return what the odometer of a car showed ``days`` ago."""
        n = self.history.car_numbers[car.id]
        per_day = (28, 33, 39, 25, 37, 30, 35)[n % 7]
        return 6000 + n * 2719 % 52000 + per_day * (SPAN - days)
