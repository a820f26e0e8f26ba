BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Add-RpiLiveZram' {
    BeforeAll {
        $garbage = New-GarbageFile "$TestDrive" 'garbage.img'
    }

    It 'takes one size' {
        $errors = @(Get-ScriptError { Add-RpiLiveZram $garbage -Percent 10 -Size 64MB })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ParametersDisagree,RpiLive.Commands.AddRpiLiveZramCommand'
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses <Name> <Value>' -ForEach @(
        @{ Name = 'Percent'; Value = 0 }
        @{ Name = 'Percent'; Value = 401 }
        @{ Name = 'Size'; Value = 1MB }
        @{ Name = 'Priority'; Value = -2 }
        @{ Name = 'Swappiness'; Value = 201 }
        @{ Name = 'PageCluster'; Value = 11 }
    ) {
        $arguments = @{ $Name = $Value }
        $errors = @(Get-ScriptError { Add-RpiLiveZram $garbage @arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'says that a file is no live image' {
        $errors = @(Get-ScriptError { Add-RpiLiveZram $garbage })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $garbage
    }

    It 'offers algorithms' {
        Get-Completion 'Add-RpiLiveZram -Algorithm z' | Should -Be 'zstd'
    }
}

Describe 'Get-RpiModel' {
    It 'lists every model with every RAM' {
        $models = @(Get-RpiModel)
        $models.Count | Should -BeGreaterThan 24
        $models.Name | Should -Contain 'Pi 5'
        @($models | Where-Object { $null -ne $_.Fit }).Count | Should -Be 0
    }

    It 'takes names with wildcards' {
        @(Get-RpiModel 'Pi 4B' | ForEach-Object { "$_" }) | Should -Be @('Pi 4B 1 GB', 'Pi 4B 2 GB', 'Pi 4B 4 GB', 'Pi 4B 8 GB')
        @(Get-RpiModel 'Pi Zero*' | ForEach-Object Memory) | Should -Be @(512MB, 512MB, 512MB)
    }

    It 'names a model that does not exist' {
        $errors = @(Get-ScriptError { Get-RpiModel 'Pi 7' })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'ModelMissing,RpiLive.Commands.GetRpiModelCommand'
    }

    It 'offers names' {
        Get-Completion 'Get-RpiModel -Name "Pi 40' | Should -Be "'Pi 400'"
    }
}

Describe 'Zram of a live image, named by RPILIVE_LIVE_IMAGE' {
    It 'is added, shown and removed' -Skip:(-not $env:RPILIVE_LIVE_IMAGE) {
        $live = [System.IO.Path]::Combine("$TestDrive", 'zram.img')
        [System.IO.File]::Copy($env:RPILIVE_LIVE_IMAGE, $live)
        $image = Add-RpiLiveZram -LiteralPath $live -Percent 75 -Algorithm zstd -Force
        $image.Zram.Percent | Should -Be 75
        "$($image.Zram)" | Should -Be '75 % of the RAM, zstd'
        $errors = @(Get-ScriptError { Add-RpiLiveZram -LiteralPath $live })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ZramExists,*'
        $models = @($image | Get-RpiModel)
        @($models | Where-Object { $_.Fit -eq 'Ram' }).Count | Should -BeGreaterThan 0
        ($image | Remove-RpiLiveZram).Zram | Should -BeNullOrEmpty
    }
}
