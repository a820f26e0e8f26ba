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

    Context 'on a new image' {
        BeforeEach {
            $live = New-LiveImage "$TestDrive"
        }

        It 'is half of the RAM without parameters' {
            $zram = (Add-RpiLiveZram $live).Zram
            $zram.Percent | Should -Be 50
            $zram.Size | Should -BeNullOrEmpty
            $zram.Algorithm | Should -BeNullOrEmpty
            $zram.MemoryLimit | Should -BeNullOrEmpty
            Test-RpiLiveImage $live -Quiet | Should -BeTrue
        }

        It 'takes percent' {
            "$((Add-RpiLiveZram $live -Percent 75 -Algorithm zstd).Zram)" | Should -Be '75 % of the RAM, zstd'
        }

        It 'takes all that zram has' {
            $null = Add-RpiLiveZram $live -Size 512MB -Algorithm ZSTD -Priority 5 -Swappiness 180 -PageCluster 1 -MemoryLimit 64MB
            $zram = (Get-RpiLiveImage $live).Zram
            "$($zram.Percent) $($zram.Size) $($zram.Algorithm) $($zram.Priority) $($zram.Swappiness) $($zram.PageCluster) $($zram.MemoryLimit)" |
                Should -Be " $(512MB) zstd 5 180 1 $(64MB)"
        }

        It 'replaces nothing without -Force' {
            $null = Add-RpiLiveZram $live -Percent 30
            $errors = @(Get-ScriptError { Add-RpiLiveZram $live })
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -Be 'ZramExists,RpiLive.Commands.AddRpiLiveZramCommand'
            $errors[0].CategoryInfo.Category | Should -Be 'ResourceExists'
            $errors[0].TargetObject | Should -Be $live
            $errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
            (Get-RpiLiveImage $live).Zram.Percent | Should -Be 30
            (Add-RpiLiveZram $live -Force).Zram.Percent | Should -Be 50
        }

        It 'knows what the kernels of the image can' {
            $errors = @(Get-ScriptError { Add-RpiLiveZram $live -Algorithm lz4 })
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'ZramAlgorithmMissing,*'
            $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            (Get-RpiLiveImage $live).Zram | Should -BeNullOrEmpty
        }
    }
}
